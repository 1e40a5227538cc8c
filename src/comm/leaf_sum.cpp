#include "comm/leaf_sum.hpp"

#include <bit>

namespace lockstep {

LeafSum::LeafSum(const Communicator& comm, std::size_t leaves, std::size_t width)
    : comm_(comm), width_(width), rows_(leaves * width), scratch_((std::bit_width(leaves) + 1U) * width) {
  for (std::size_t leaf = 0; leaf < leaves; ++leaf) leaves_.push_back({leaf, leaf + 1});
  const auto ranks = static_cast<std::size_t>(comm.size());
  for (std::size_t rank = 0; rank < ranks; ++rank) counts_.push_back(part_of(leaves, ranks, rank).size() * width);
}

std::span<const double> LeafSum::operator()(std::span<const double> mine) {
  comm_.allgather(mine, counts_, rows_);
  return tree_sum_parts<double>(
      {0, leaves_.size()}, leaves_,
      [this](std::size_t leaf) { return std::span<const double>(rows_).subspan(leaf * width_, width_); },
      [this](std::size_t depth) { return std::span(scratch_).subspan(depth * width_, width_); });
}

}  // namespace lockstep
