#include "data/block_order.hpp"

#include <algorithm>

#include "base/counted.hpp"
#include "base/error.hpp"
#include "base/random.hpp"
#include "data/sampler.hpp"

namespace lockstep {

/// A step takes from two windows of a slice at most, so that between the first and the last of a stream none may lie
/// within a step.
std::size_t blocks_in_window(const Blocks& blocks, std::size_t slices, std::size_t global_batch, std::uint64_t bytes,
                             std::uint64_t row_bytes, const std::string& source) {
  constexpr std::uint64_t kMiB = 1U << 20;
  constexpr std::uint64_t kFew = 2;  // so that a window has a sample
  const std::uint64_t block_bytes = 2 * slices * blocks.size() * row_bytes;
  const std::size_t count = std::min<std::size_t>(bytes / block_bytes, blocks.count());
  const std::uint64_t taken = (global_batch + slices - 1) / slices;
  const std::vector<std::uint64_t> smallest_window = blocks.fewest_train_rows();
  const std::size_t in_stream = blocks.count() / slices + 2;
  std::size_t needed = 1;
  while (2 * needed < in_stream && needed < blocks.count() && smallest_window[needed] + 1 < std::max(taken, kFew))
    ++needed;
  if (count < needed)
    throw bad_input(
        "data.window: {} MiB is too little for {}: it is read in blocks of {} samples, and each of {} slices needs two "
        "windows of at least {}; give at least {}",
        bytes / kMiB, source, blocks.size(), slices, counted(needed, "block"), needed * block_bytes / kMiB + 1);
  return count;
}

BlockOrder::BlockOrder(const Blocks& blocks, std::size_t slices, std::size_t global_batch,
                       std::size_t blocks_per_window, std::uint64_t seed)
    : blocks_(blocks),
      slices_(slices),
      global_batch_(global_batch),
      blocks_per_window_(blocks_per_window),
      seed_(seed) {
  std::uint64_t begin = 0;
  for (std::size_t slice = 0; slice < slices; ++slice) {
    stream_begins_.push_back(begin);
    begin += taken_before(slice, steps_per_epoch());
  }
  stream_begins_.push_back(begin);
}

std::size_t BlockOrder::steps_per_epoch() const {
  return steps_in_epoch(blocks_.train_rows(), global_batch_);
}

std::size_t BlockOrder::batch_size(std::size_t step) const {
  return std::min<std::uint64_t>(global_batch_, blocks_.train_rows() - step * global_batch_);
}

std::uint64_t BlockOrder::stream_size(std::size_t slice) const {
  return stream_begins_[slice + 1] - stream_begins_[slice];
}

std::uint64_t BlockOrder::taken_before(std::size_t slice, std::size_t step) const {
  const std::uint64_t samples = std::min<std::uint64_t>(step * global_batch_, blocks_.train_rows());
  return samples / global_batch_ * part_of(global_batch_, slices_, slice).size() +
         part_of(samples % global_batch_, slices_, slice).size();
}

std::uint64_t BlockOrder::most_in_window() const {
  std::uint64_t most = 0;
  for (std::size_t slice = 0; slice < slices_; ++slice) most = std::max(most, stream_size(slice));
  return std::min<std::uint64_t>(most, blocks_per_window_ * blocks_.size());
}

/// The file is cut into as many strata as blocks are read together, and those take turns, each with its blocks in a
/// random order: what is read together comes from all of the file, whatever its order.
std::vector<std::uint32_t> BlockOrder::in_time_order(std::uint64_t epoch) const {
  const std::size_t count = blocks_.count();
  const auto strata = static_cast<std::uint32_t>(std::min(count, slices_ * blocks_per_window_));
  std::vector<std::vector<std::uint32_t>> orders;
  for (std::size_t s = 0; s < strata; ++s)
    orders.push_back(random_permutation(static_cast<std::uint32_t>(part_of(count, strata, s).size()),
                                        RandomSequence(seed_, Purpose::block_order, epoch, 1, s)));
  std::vector<std::uint32_t> blocks;
  for (std::uint64_t turn = 0; blocks.size() < count; ++turn)
    for (const std::uint32_t s :
         random_permutation(strata, RandomSequence(seed_, Purpose::block_order, epoch, 0, turn)))
      if (turn < orders[s].size())
        blocks.push_back(static_cast<std::uint32_t>(part_of(count, strata, s).begin) + orders[s][turn]);
  return blocks;
}

void BlockOrder::deal(std::uint64_t epoch) {
  if (epoch == epoch_ && !dealt_.empty()) return;
  epoch_ = epoch;
  const std::vector<std::uint32_t> blocks = in_time_order(epoch);
  dealt_.resize(blocks.size());
  auto next = blocks.begin();
  for (std::size_t first = 0; next != blocks.end();
       first += blocks_per_window_)  // of the windows that are read together
    for (std::size_t slice = 0; slice < slices_; ++slice) {
      const Range own = part_of(blocks.size(), slices_, slice);
      for (std::size_t i = first; i < std::min(first + blocks_per_window_, own.size()); ++i)
        dealt_[own.begin + i] = *next++;
    }
  begins_.assign(1, 0);
  for (const std::uint32_t block : dealt_) begins_.push_back(begins_.back() + blocks_.train_rows(block));
}

Range BlockOrder::places_of(std::size_t slice) const {
  const auto first = std::ranges::upper_bound(begins_, stream_begins_[slice]) - 1;
  const auto end = std::ranges::lower_bound(begins_, stream_begins_[slice + 1]);
  return {static_cast<std::size_t>(first - begins_.begin()), static_cast<std::size_t>(end - begins_.begin())};
}

std::size_t BlockOrder::windows(std::uint64_t epoch, std::size_t slice) {
  deal(epoch);
  if (stream_size(slice) == 0) return 0;
  return (places_of(slice).size() + blocks_per_window_ - 1) / blocks_per_window_;
}

std::size_t BlockOrder::window_with(std::uint64_t epoch, std::size_t slice, std::uint64_t sample) {
  if (windows(epoch, slice) == 0) return 0;
  const Range places = places_of(slice);
  const auto place = std::ranges::upper_bound(begins_, stream_begins_[slice] + sample) - begins_.begin() - 1;
  return (std::min(static_cast<std::size_t>(place), places.end - 1) - places.begin) / blocks_per_window_;
}

BlockOrder::Window BlockOrder::window(std::uint64_t epoch, std::size_t slice, std::size_t number) {
  deal(epoch);
  const Range places = places_of(slice);
  const std::size_t first = places.begin + number * blocks_per_window_;
  const std::size_t end = std::min(places.end, first + blocks_per_window_);
  Window window;
  window.begin = std::max(begins_[first], stream_begins_[slice]) - stream_begins_[slice];
  std::uint64_t samples = 0;
  for (std::size_t place = first; place < end; ++place) {
    const std::uint64_t begin = std::max(begins_[place], stream_begins_[slice]);
    const Range rows{begin - begins_[place], std::min(begins_[place + 1], stream_begins_[slice + 1]) - begins_[place]};
    if (rows.size() > 0) window.pieces.push_back({dealt_[place], rows});
    samples += rows.size();
  }
  window.order = random_permutation(static_cast<std::uint32_t>(samples),
                                    RandomSequence(seed_, Purpose::window_order, epoch, slice, number));
  return window;
}

}  // namespace lockstep
