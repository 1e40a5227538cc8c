// Sums of a few numbers for each slice or chunk, with the same bits on every number of ranks.
#pragma once

#include <span>
#include <vector>

#include "base/partition.hpp"
#include "comm/communicator.hpp"

namespace lockstep {

/// Sums rows of `width` numbers over `leaves` leaves in tree order. Each rank has the rows of the leaves
/// part_of(leaves, ranks, rank).
class LeafSum {
 public:
  LeafSum(const Communicator& comm, std::size_t leaves, std::size_t width);

  /// The sums, on every rank, from the rows of each rank's leaves. Valid until the next call. Collective.
  std::span<const double> operator()(std::span<const double> mine);

 private:
  Communicator comm_;
  std::size_t width_;
  std::vector<Range> leaves_;
  std::vector<std::size_t> counts_;  // numbers of each rank
  std::vector<double> rows_;         // of all leaves
  std::vector<double> scratch_;      // a depth of the tree each
};

}  // namespace lockstep
