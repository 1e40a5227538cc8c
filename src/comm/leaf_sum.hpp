// Sums of a few numbers for each slice or chunk, with the same bits on every number of ranks.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/partition.hpp"
#include "comm/communicator.hpp"
#include "comm/tree_exchange.hpp"

namespace lockstep {

/// Sums rows of `width` numbers over `leaves` leaves in tree order. Each rank has the rows of the leaves
/// part_of(leaves, ranks, rank). A sum takes messages along the tree and back, about log2(ranks) one after the other.
class LeafSum {
 public:
  LeafSum(const Communicator& comm, std::size_t leaves, std::size_t width);

  /// The sums, on every rank, from the rows of each rank's leaves. Valid until the next call. `meanwhile` is called
  /// again and again while they are not there. Collective.
  std::span<const double> operator()(
      std::span<const double> mine, const std::function<void()>& meanwhile = [] {});

 private:
  [[nodiscard]] std::span<double> scratch(std::size_t depth) {
    return std::span(scratch_).subspan(depth * width_, width_);
  }

  std::size_t width_;
  Range owned_;
  std::vector<Range> nodes_;               // that this rank sums by itself
  std::vector<std::vector<double>> sums_;  // of each
  std::vector<double> scratch_;            // a depth of the tree each
  std::vector<double> result_;
  std::unique_ptr<TreeExchange<double>> exchange_;
};

}  // namespace lockstep
