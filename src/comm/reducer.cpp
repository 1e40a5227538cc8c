#include "comm/reducer.hpp"

#include <algorithm>
#include <bit>

namespace lockstep {

namespace {

constexpr std::size_t kBucket = 1 << 17;      // floats: whole chunks
constexpr int kPolls = 8;                     // Open MPI looks at its sockets once in so many calls
constexpr std::size_t kLeastPiece = 1 << 11;  // floats: to cut a message further would not make it faster

Range leaves_of(std::size_t leaves, const Communicator& comm, int rank) {
  return part_of(leaves, static_cast<std::size_t>(comm.size()), static_cast<std::size_t>(rank));
}

std::size_t chunks_of(std::size_t elements) {
  return (elements + GradientReducer::kChunk - 1) / GradientReducer::kChunk;
}

/// Of each rank: the first rank on the same host.
std::vector<int> first_on_host(const Communicator& world, const Communicator& host) {
  return world.allgather(host.minimum(world.rank()));
}

Communicator in_order_of_hosts(const Communicator& world, const Communicator& host) {
  const int first = first_on_host(world, host)[static_cast<std::size_t>(world.rank())];
  return world.split(0, first * world.size() + world.rank());
}

}  // namespace

GradientReducer::GradientReducer(const Communicator& world, const Communicator& host, std::size_t slices,
                                 std::size_t size, std::size_t row_width)
    : world_(in_order_of_hosts(world, host)),
      host_(host),
      slices_{0, slices},
      size_(size),
      sum_rows_(world_, slices, row_width),
      owned_(leaves_of(slices, world_, world_.rank())) {
  invariant(slices >= static_cast<std::size_t>(world.size()), "every rank owns at least one slice");
  const std::vector<int> first = first_on_host(world_, host_);
  for (int rank = 0; rank < world_.size(); ++rank) {
    const Range leaves = leaves_of(slices, world_, rank);
    const bool is_new_host = first[static_cast<std::size_t>(rank)] == rank;
    if (is_new_host) owned_by_hosts_.push_back(leaves);
    owned_by_hosts_.back().end = leaves.end;
    if (owned_by_hosts_.back().contains(owned_)) this_host_ = owned_by_hosts_.size() - 1;
  }
  rails_ = world_.minimum(host_.size());
  make_buckets();
  share_memory();
  if (has_several_hosts()) connect_hosts();
}

Range GradientReducer::slices_of(const Communicator& world, const Communicator& host, std::size_t slices) {
  const Communicator ordered = in_order_of_hosts(world, host);
  return leaves_of(slices, ordered, ordered.rank());
}

std::size_t GradientReducer::shared_bytes(std::size_t nodes, std::size_t size) {
  return (nodes * aligned(size) + kAlignment) * sizeof(float);
}

std::size_t GradientReducer::shared_bytes(const Communicator& world, const Communicator& host, std::size_t slices,
                                          std::size_t size) {
  const Communicator ordered = in_order_of_hosts(world, host);
  std::size_t nodes = 0;
  for (int rank = 0; rank < host.size(); ++rank)
    nodes += maximal_nodes({0, slices}, leaves_of(slices, ordered, ordered.rank() - host.rank() + rank)).size();
  return shared_bytes(nodes, size);
}

void GradientReducer::make_buckets() {
  const std::size_t most = has_several_hosts() ? kBucket : std::max<std::size_t>(chunks_of(size_) * kChunk, 1);
  for (std::size_t left = (size_ + most - 1) / most; left-- > 0;) {
    const Range range{left * most, std::min(size_, (left + 1) * most)};
    const Range chunks = host_.rank() < rails_ ? part_of(chunks_of(range.size()), static_cast<std::size_t>(rails_),
                                                         static_cast<std::size_t>(host_.rank()))
                                               : Range{};
    parts_.push_back({std::min(range.end, range.begin + chunks.begin * kChunk),
                      std::min(range.end, range.begin + chunks.end * kChunk)});
    buckets_.push_back({range, {}, {}, nullptr, false});
  }
}

void GradientReducer::share_memory() {
  const Range& here = owned_by_hosts_[this_host_];
  std::vector<int> owners;  // of each node, a rank of the world
  for (int rank = 0; rank < world_.size(); ++rank)
    if (const Range leaves = leaves_of(slices_.size(), world_, rank); here.contains(leaves))
      for (const Range& node : maximal_nodes(slices_, leaves)) {
        nodes_here_.push_back(node);
        owners.push_back(rank);
      }
  const std::size_t counters = aligned(buckets_.size() * sizeof(FillCount) / sizeof(float));
  const auto place_of = [&](auto owner) {
    return (counters + static_cast<std::size_t>(owner - owners.begin()) * aligned(size_)) * sizeof(float);
  };
  const auto [first, last] = std::ranges::equal_range(owners, world_.rank());
  memory_.emplace(host_, shared_bytes(nodes_here_.size(), size_) + counters * sizeof(float),
                  Range{place_of(first), place_of(last)});

  std::span<float> room = aligned_floats(memory_->bytes);
  const auto take = [&room](std::size_t floats) {
    const std::span<float> taken = room.first(floats);
    room = room.subspan(aligned(floats));
    return taken;
  };
  full_ = {reinterpret_cast<FillCount*>(take(counters).data()), buckets_.size()};
  if (host_.is_root())
    for (FillCount& count : full_) new (&count) FillCount(0);
  for (std::size_t n = 0; n < nodes_here_.size(); ++n) {
    const std::span<float> buffer = take(size_);
    gradients_here_.emplace_back(buffer);
    if (owners[n] != world_.rank()) continue;
    nodes_.push_back(nodes_here_[n]);
    gradients_.push_back(buffer);
    std::ranges::fill(buffer, 0.0F);
  }
  for (std::size_t depth = 0; depth <= std::bit_width(slices_.size()); ++depth) scratch_.emplace_back(kChunk);
  host_.barrier();
}

void GradientReducer::connect_hosts() {
  rail_ = world_.split(std::min(host_.rank(), rails_));
  if (host_.rank() >= rails_) return;
  const std::vector<Range> nodes = maximal_nodes(slices_, owned_by_hosts_[this_host_]);
  for (std::size_t b = 0; b < buckets_.size(); ++b) {
    const Range& part = parts_[b];
    std::vector<TreeExchange<float>::NodeSum> sums;
    for (const Range& node : nodes) {
      const auto whole = std::ranges::find(nodes_here_, node);
      if (whole != nodes_here_.end()) {
        const auto n = static_cast<std::size_t>(whole - nodes_here_.begin());
        sums.push_back({node, gradients_here_[n].subspan(part.begin, part.size())});
      } else {
        const std::span<float> sum = host_sums_.emplace_back(part.size()).span();
        buckets_[b].host_sums.emplace_back(node, sum);
        sums.push_back({node, sum});
      }
    }
    buckets_[b].sum = AlignedBuffer(part.size());
    buckets_[b].exchange =
        std::make_unique<TreeExchange<float>>(*rail_, TreePlan(owned_by_hosts_, {0, part.size()}, kLeastPiece), sums,
                                              buckets_[b].sum.span(), static_cast<int>(b));
  }
}

void GradientReducer::progress(std::size_t from) {
  if (!has_several_hosts()) return;
  for (; filled_ < buckets_.size() && buckets_[filled_].range.begin >= from; ++filled_)
    full_[filled_].fetch_add(1, std::memory_order_release);
  poll(kPolls);
}

void GradientReducer::poll(int looks) {
  for (bool under_way = true; under_way && looks > 0;) {
    under_way = false;
    for (std::size_t b = 0; b < filled_; ++b) {
      if (advance(b)) continue;
      under_way = true;
      --looks;
    }
  }
}

bool GradientReducer::advance(std::size_t b) {
  Bucket& bucket = buckets_[b];
  if (bucket.exchange == nullptr) return true;
  if (bucket.started) return bucket.exchange->advance();
  const auto fills = (steps_ + 1) * static_cast<std::uint64_t>(host_.size());
  if (full_[b].load(std::memory_order_acquire) < fills) return false;
  for (const auto& [node, sum] : bucket.host_sums)
    for (std::size_t begin = 0; begin < sum.size(); begin += kChunk) {
      const std::size_t size = std::min(kChunk, sum.size() - begin);
      const std::size_t element = parts_[b].begin + begin;
      std::ranges::copy(sum_here(node, {element, element + size}), sum.subspan(begin, size).begin());
    }
  bucket.started = true;
  bucket.exchange->start();
  return bucket.exchange->advance();
}

std::span<const double> GradientReducer::exchange(std::span<const double> rows) {
  progress(0);
  // Each rank has the rows of all others only when those have filled their buffers.
  return sum_rows_(rows, [this] { poll(1); });
}

void GradientReducer::wait(std::size_t part) {
  while (!advance(part)) poll(1);
}

std::span<const float> GradientReducer::sum_here(const Range& node, const Range& range) {
  const auto first = std::ranges::find(nodes_here_, node.begin, &Range::begin);
  const auto last = std::ranges::find(nodes_here_, node.end, &Range::end);
  const auto offset = static_cast<std::size_t>(first - nodes_here_.begin());
  return tree_sum_parts<float>(
      node, {first, last + 1},
      [&](std::size_t n) { return gradients_here_[offset + n].subspan(range.begin, range.size()); },
      [&](std::size_t depth) { return scratch_[depth].span().first(range.size()); });
}

std::span<const float> GradientReducer::sum(const Range& range) {
  if (!has_several_hosts()) return sum_here(slices_, range);
  poll(1);
  const auto part = std::ranges::find_if(parts_, [&](const Range& p) { return p.contains(range); });
  const Bucket& bucket = buckets_[static_cast<std::size_t>(part - parts_.begin())];
  return bucket.sum.span().subspan(range.begin - part->begin, range.size());
}

void GradientReducer::finish() {
  for (Bucket& bucket : buckets_) {
    if (bucket.exchange) bucket.exchange->finish();
    bucket.started = false;
  }
  filled_ = 0;
  ++steps_;
  host_.barrier();
}

}  // namespace lockstep
