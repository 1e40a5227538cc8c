// Which pieces of a vector the hosts send each other so that its sum is taken in tree order. No messages yet.
#pragma once

#include <span>
#include <vector>

#include "base/partition.hpp"

namespace lockstep {

/// How hosts sum a vector by quartering. Where the values of up to four nodes of the summation tree meet, the children
/// of a node's children, each host keeps a part of what it has, receives the same part of the other nodes, and sends
/// the rest. At the root every host has a part of the sum; then each part goes back the way it came, until all have the
/// whole. What is sent is as much as with halving and doubling, in half as many rounds.
///
/// A host takes part in no more than about log4(hosts) rounds of a few messages each way.
struct TreePlan {
  /// Elements `range` of a node's value: hosts that have them of each of the nodes that meet, and where the sum of all
  /// stays, which is one of these.
  struct Part {
    Range range;
    std::vector<int> holders;
    int keeper = 0;
  };
  struct Merge {
    Range node;
    std::vector<Range> below;  // the nodes that meet, in order
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

  /// Elements that the host sends that sends the most.
  [[nodiscard]] std::size_t most_sent() const;

  Range root;                                // of the tree
  std::vector<std::vector<Merge>> merges;    // a round each: of children that earlier rounds have brought
  std::vector<std::vector<Return>> returns;  // likewise
};

}  // namespace lockstep
