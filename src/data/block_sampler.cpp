#include "data/block_sampler.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "data/split.hpp"

namespace lockstep {

BlockSampler::BlockSampler(std::unique_ptr<RowReader> reader, std::shared_ptr<const BlockSurvey> survey,
                           BlockOrder order, const Range& owned, std::uint64_t epochs, const DataTransform& transform)
    : reader_(std::move(reader)),
      survey_(std::move(survey)),
      order_(std::move(order)),
      order_to_read_(order_),
      epochs_(epochs) {
  dataset_.info = block_info_ = survey_->info;
  dataset_.transform = transform;
  make_room(owned);
  thread_ = std::thread([this] { work(); });
}

BlockSampler::~BlockSampler() {
  {
    const std::lock_guard lock(mutex_);
    ends_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void BlockSampler::make_room(const Range& owned) {
  const std::size_t in_window = order_.most_in_window();
  for (std::size_t slice = owned.begin; slice < owned.end; ++slice) {
    Stream& stream = streams_.emplace_back();
    stream.slice = slice;
    for (std::size_t room = 0; room < stream.rooms.size(); ++room)
      stream.rooms[room].first = (2 * (slice - owned.begin) + room) * in_window;
  }
  const std::size_t places = 2 * owned.size() * in_window;
  const DatasetInfo& info = dataset_.info;
  rows_.resize(places);
  dataset_.rows = rows_;
  if (keeps_bytes(info, dataset_.transform)) {
    bytes_.resize(places * info.features());
    dataset_.bytes = bytes_;
  } else {
    values_.resize(places * dataset_.inputs());
    dataset_.values = values_;
  }
  if (survey_->is_weighted()) {
    weights_.resize(places);
    dataset_.weights = weights_;
  }
  if (info.task == Task::classification) {
    labels_.resize(places);
    dataset_.labels = labels_;
  } else {
    targets_.resize(places * info.outputs());
    dataset_.targets = targets_;
  }
}

Batch BlockSampler::batch(std::uint64_t epoch, std::size_t step) {
  if (next_ != std::pair(epoch, step)) start(epoch, step);
  numbers_.clear();
  places_.clear();
  for (Stream& stream : streams_) {
    // What the last batch has taken from is free only now.
    if (std::exchange(stream.left, false)) request_after(stream, stream.rooms[stream.current], 1 - stream.current);
    take(stream, epoch, order_.taken_before(stream.slice, step), order_.taken_before(stream.slice, step + 1));
  }
  next_ = step + 1 < steps_per_epoch() ? std::pair(epoch, step + 1) : std::pair(epoch + 1, std::size_t{0});
  const std::size_t size = order_.batch_size(step);
  const Range rows{part_of(size, order_.slices(), streams_.front().slice).begin,
                   part_of(size, order_.slices(), streams_.back().slice).end};
  return {size, rows, numbers_, places_};
}

void BlockSampler::start(std::uint64_t epoch, std::size_t step) {
  {
    std::unique_lock lock(mutex_);
    requests_.clear();
    changed_.wait(lock, [this] { return !busy_; });
  }
  for (Stream& stream : streams_) {
    stream.current = 0;
    stream.left = false;
    request(stream, 0, epoch, order_.window_with(epoch, stream.slice, order_.taken_before(stream.slice, step)));
  }
  for (Stream& stream : streams_) request_after(stream, stream.rooms[0], 1);
}

void BlockSampler::request(Stream& stream, std::size_t room, std::uint64_t epoch, std::size_t number) {
  Room& to = stream.rooms[room];
  const std::lock_guard lock(mutex_);
  to.ready = false;
  to.epoch = epoch;
  to.number = number;
  if (epoch >= epochs_ || order_.stream_size(stream.slice) == 0) return;
  requests_.emplace_back(stream.slice, &to);
  changed_.notify_all();
}

void BlockSampler::request_after(Stream& stream, const Room& last, std::size_t room) {
  const bool same_epoch = last.number + 1 < order_.windows(last.epoch, stream.slice);
  request(stream, room, same_epoch ? last.epoch : last.epoch + 1, same_epoch ? last.number + 1 : 0);
}

void BlockSampler::wait_for(const Room& room) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return room.ready || error_; });
  if (error_) std::rethrow_exception(error_);
}

void BlockSampler::take(Stream& stream, std::uint64_t epoch, std::uint64_t begin, std::uint64_t end) {
  const std::uint64_t first = begin;
  while (begin < end) {
    const Room& room = stream.rooms[stream.current];
    wait_for(room);
    if (room.epoch != epoch || begin >= room.window.end()) {
      invariant(!stream.left, "a step takes from two windows of a slice at most");
      const std::size_t other = std::exchange(stream.current, 1 - stream.current);
      if (begin == first)  // the batch has nothing of it
        request_after(stream, stream.rooms[stream.current], other);
      else
        stream.left = true;
      continue;
    }
    for (; begin < std::min(end, room.window.end()); ++begin) {
      places_.push_back(static_cast<std::uint32_t>(room.first) + room.window.order[begin - room.window.begin]);
      numbers_.push_back(rows_[places_.back()]);
    }
  }
}

void BlockSampler::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return ends_ || !requests_.empty(); });
    if (ends_) return;
    const auto [slice, room] = requests_.front();
    requests_.pop_front();
    busy_ = true;
    lock.unlock();
    std::exception_ptr error;
    try {
      fill(slice, *room);
    } catch (...) {
      error = std::current_exception();
    }
    lock.lock();
    busy_ = false;
    room->ready = error == nullptr;
    if (error) error_ = error;
    changed_.notify_all();
  }
}

void BlockSampler::fill(std::size_t slice, Room& room) {
  room.window = order_to_read_.window(room.epoch, slice, room.number);
  std::size_t place = room.first;
  for (const BlockPiece& piece : room.window.pieces) {
    read_piece(piece, place);
    place += piece.rows.size();
  }
}

void BlockSampler::read_piece(const BlockPiece& piece, std::size_t place) {
  const Blocks& blocks = order_to_read_.blocks();
  Dataset block = make_dataset(std::move(block_info_), read_block(*reader_, blocks, *survey_, piece.block));
  block.info.samples = block.rows.size();
  const std::vector<std::uint32_t> train = blocks.train_rows_of(piece.block);
  const auto numbers = std::span(train).subspan(piece.rows.begin, piece.rows.size());
  keep_numbers(block, numbers);
  survey_->parts.weights.apply(block);
  PreparedDataset prepared = prepare(std::move(block), dataset_.transform);
  const auto copy = [&](const auto& from, auto& to) {
    const std::size_t width = from.size() / numbers.size();
    std::ranges::copy(from, to.begin() + static_cast<std::ptrdiff_t>(place * width));
  };
  copy(prepared.bytes, bytes_);
  copy(prepared.values, values_);
  copy(prepared.labels, labels_);
  copy(prepared.targets, targets_);
  copy(prepared.weights, weights_);
  copy(prepared.rows, rows_);
  block_info_ = std::move(prepared.info);
}

}  // namespace lockstep
