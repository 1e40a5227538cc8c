#include "comm/reducer.hpp"

#include <algorithm>
#include <bit>

namespace lockstep {

namespace {

Range leaves_of(std::size_t leaves, const Communicator& comm, int rank) {
  return part_of(leaves, static_cast<std::size_t>(comm.size()), static_cast<std::size_t>(rank));
}

void receive(std::span<float> values, int from, int tag, const Communicator& comm, std::vector<MPI_Request>& requests) {
  check_mpi(
      MPI_Irecv(values.data(), mpi_count(values.size()), MPI_FLOAT, from, tag, comm.handle(), &requests.emplace_back()),
      "MPI_Irecv");
}

void send(std::span<const float> values, int to, int tag, const Communicator& comm,
          std::vector<MPI_Request>& requests) {
  check_mpi(
      MPI_Isend(values.data(), mpi_count(values.size()), MPI_FLOAT, to, tag, comm.handle(), &requests.emplace_back()),
      "MPI_Isend");
}

void wait_for(std::vector<MPI_Request>& requests) {
  check_mpi(MPI_Waitall(mpi_count(requests.size()), requests.data(), MPI_STATUSES_IGNORE), "MPI_Waitall");
}

}  // namespace

GradientReducer::GradientReducer(const Communicator& world, const Communicator& host, std::size_t slices,
                                 std::size_t size)
    : world_(world),
      host_(host),
      first_on_host_(world.allgather(host.minimum(world.rank()))),
      slices_{0, slices},
      size_(size),
      owned_(leaves_of(slices, world, world.rank())),
      memory_(host, (floats_of_this_host() + kAlignment) * sizeof(float)) {
  invariant(slices >= static_cast<std::size_t>(world.size()), "every rank owns at least one slice");
  const Range chunks = leaves_of((size + kChunk - 1) / kChunk, host, host.rank());
  part_ = {std::min(size, chunks.begin * kChunk), std::min(size, chunks.end * kChunk)};

  std::span<float> room = aligned_floats(memory_.bytes);
  const auto take = [&room](std::size_t floats) {
    const std::span<float> taken = room.first(floats);
    room = room.subspan(aligned(floats));
    return taken;
  };
  const Range mine = piece(world.rank());
  for (int rank = 0; rank < world.size(); ++rank) {
    for (const Range& node : maximal_nodes(slices_, leaves_of(slices, world, rank))) {
      all_nodes_.push_back(node);
      node_owner_.push_back(rank);
      if (!is_here(rank)) {
        contents_.push_back(received_.emplace_back(mine.size()).span());
        continue;
      }
      const std::span<float> buffer = take(size);
      contents_.push_back(buffer.subspan(mine.begin, mine.size()));
      if (rank != world.rank()) continue;
      nodes_.push_back(node);
      gradients_.push_back(buffer);
      std::ranges::fill(buffer, 0.0F);
    }
  }
  if (host.size() < world.size()) result_ = take(size);
  for (std::size_t depth = 0; depth <= std::bit_width(slices); ++depth) scratch_.emplace_back(kChunk);
}

std::size_t GradientReducer::floats_of_this_host() const {
  std::size_t buffers = host_.size() < world_.size() ? 1 : 0;
  for (int rank = 0; rank < world_.size(); ++rank)
    if (is_here(rank)) buffers += maximal_nodes(slices_, leaves_of(slices_.size(), world_, rank)).size();
  return buffers * aligned(size_);
}

bool GradientReducer::is_here(int rank) const {
  return first_on_host_[static_cast<std::size_t>(rank)] == first_on_host_[static_cast<std::size_t>(world_.rank())];
}

Range GradientReducer::piece(int rank) const {
  return host_.size() == world_.size() ? Range{0, size_} : leaves_of(size_, world_, rank);
}

int GradientReducer::receiver(int from, int rank) const {
  std::vector<int> candidates;
  for (int other = 0; other < world_.size(); ++other)
    if (first_on_host_[static_cast<std::size_t>(other)] == first_on_host_[static_cast<std::size_t>(rank)])
      candidates.push_back(other);
  return candidates[static_cast<std::size_t>(from) % candidates.size()];
}

std::vector<double> GradientReducer::exchange(std::size_t width, std::span<const double> rows) {
  // Each rank has the rows of all others only when those have filled their buffers.
  std::vector<double> sums = sum_over_leaves(world_, slices_.size(), width, rows);
  if (host_.size() == world_.size()) return sums;
  exchange_nodes();
  const Range mine = piece(world_.rank());
  for (std::size_t begin = 0; begin < mine.size(); begin += kChunk) {
    const Range range{begin, std::min(mine.size(), begin + kChunk)};
    std::ranges::copy(sum_contents(range), result_.subspan(mine.begin + begin, range.size()).begin());
  }
  exchange_pieces();
  host_.barrier();
  return sums;
}

void GradientReducer::exchange_nodes() {
  std::vector<MPI_Request> requests;
  for (std::size_t n = 0; n < all_nodes_.size(); ++n)
    if (!is_here(node_owner_[n])) receive(contents_[n], node_owner_[n], static_cast<int>(n), world_, requests);
  for (std::size_t n = 0, own = 0; n < all_nodes_.size(); ++n) {
    if (node_owner_[n] != world_.rank()) continue;
    const std::span<const float> gradient = gradients_[own++];
    for (int rank = 0; rank < world_.size(); ++rank)
      if (!is_here(rank))
        send(gradient.subspan(piece(rank).begin, piece(rank).size()), rank, static_cast<int>(n), world_, requests);
  }
  wait_for(requests);
}

void GradientReducer::exchange_pieces() {
  std::vector<MPI_Request> requests;
  const auto tag = [this](int owner) { return static_cast<int>(all_nodes_.size()) + owner; };
  for (int owner = 0; owner < world_.size(); ++owner) {
    const std::span<float> sum = result_.subspan(piece(owner).begin, piece(owner).size());
    if (!is_here(owner) && receiver(owner, world_.rank()) == world_.rank())
      receive(sum, owner, tag(owner), world_, requests);
  }
  const Range mine = piece(world_.rank());
  for (int first = 0; first < world_.size(); ++first)
    if (first_on_host_[static_cast<std::size_t>(first)] == first && !is_here(first))
      send(result_.subspan(mine.begin, mine.size()), receiver(world_.rank(), first), tag(world_.rank()), world_,
           requests);
  wait_for(requests);
}

std::span<const float> GradientReducer::sum_contents(const Range& range) {
  return tree_sum_parts<float>(
      slices_, all_nodes_,
      [&](std::size_t n) -> std::span<const float> { return contents_[n].subspan(range.begin, range.size()); },
      [&](std::size_t depth) { return scratch_[depth].span().first(range.size()); });
}

std::span<const float> GradientReducer::sum(const Range& range) {
  return result_.empty() ? sum_contents(range) : result_.subspan(range.begin, range.size());
}

std::vector<double> sum_over_leaves(const Communicator& comm, std::size_t leaves, std::size_t width,
                                    std::span<const double> mine) {
  std::vector<std::size_t> counts;
  for (int rank = 0; rank < comm.size(); ++rank) counts.push_back(leaves_of(leaves, comm, rank).size() * width);
  std::vector<double> all(leaves * width);
  comm.allgather(mine, counts, all);

  std::vector<Range> nodes;
  for (std::size_t leaf = 0; leaf < leaves; ++leaf) nodes.push_back({leaf, leaf + 1});
  std::vector<double> scratch((std::bit_width(leaves) + 1) * width);
  const auto sums = tree_sum_parts<double>(
      {0, leaves}, nodes, [&](std::size_t leaf) { return std::span<const double>(all).subspan(leaf * width, width); },
      [&](std::size_t depth) { return std::span(scratch).subspan(depth * width, width); });
  return {sums.begin(), sums.end()};
}

}  // namespace lockstep
