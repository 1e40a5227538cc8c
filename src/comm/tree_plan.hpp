// Which pieces of a vector the hosts send each other so that its sum is taken in tree order. No messages yet.
#pragma once

#include <span>
#include <vector>

#include "base/partition.hpp"

namespace lockstep {

/// How hosts sum a vector by halving and doubling. Where the two children of a node of the summation tree meet, each
/// host keeps a part of what it has, receives the same part of the other child, and sends the rest. At the root every
/// host has a part of the sum; then each part goes back the way it came, until all have the whole.
///
/// A host takes part in no more than about log2(hosts) rounds of a few messages each way.
struct TreePlan {
  /// Elements `range` of a node's value: hosts that have them of the left and of the right child, and where the sum
  /// of both stays, which is one of the two.
  struct Part {
    Range range;
    int left = 0;
    int right = 0;
    int keeper = 0;
  };
  struct Merge {
    Range node;
    std::vector<Part> parts;
  };
  /// Elements of the sum that go to a host that misses them.
  struct Return {
    Range range;
    int from = 0;
    int to = 0;
  };

  /// `owned` are the leaves of each host, perhaps none, which make up the tree in order; `elements` those of the
  /// vector. Pieces of fewer than `least` elements are not cut.
  TreePlan(std::span<const Range> owned, const Range& elements, std::size_t least);

  Range root;                                // of the tree
  std::vector<std::vector<Merge>> merges;    // a round each: of children that earlier rounds have brought
  std::vector<std::vector<Return>> returns;  // likewise
};

}  // namespace lockstep
