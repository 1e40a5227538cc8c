// Sums over all slices of a step, with the same bits on every number of ranks.
#pragma once

#include <span>
#include <vector>

#include "base/partition.hpp"
#include "comm/communicator.hpp"
#include "tensor/aligned_buffer.hpp"

namespace lockstep {

/// Sums gradients over the tree of slices. Each rank owns a contiguous run of slices and fills one buffer for each
/// maximal node of the tree within it; the exchange between ranks evaluates the rest of the same tree.
///
/// Every rank receives its piece of all buffers, sums it in tree order, and the pieces are gathered: the volume of a
/// ring allreduce when each rank has one node.
class GradientReducer {
 public:
  /// For `slices` slices, at least one a rank, and gradients of `size` floats.
  GradientReducer(const Communicator& comm, std::size_t slices, std::size_t size);

  /// The slices that this rank owns.
  [[nodiscard]] const Range& owned() const { return owned_; }

  /// The nodes of the tree that this rank sums by itself, and the buffers in which it leaves the sums.
  [[nodiscard]] std::span<const Range> nodes() const { return nodes_; }
  [[nodiscard]] std::span<const std::span<float>> gradients() const { return gradients_; }

  /// The sum over all slices. Uses the buffers up; the result is valid until they are filled again. Collective.
  std::span<float> sum();

 private:
  [[nodiscard]] Range piece(int rank) const;

  Communicator comm_;
  Range slices_;
  std::size_t size_;
  Range owned_;
  std::vector<Range> nodes_;
  std::vector<AlignedBuffer> buffers_;  // a node each
  std::vector<std::span<float>> gradients_;

  std::vector<Range> all_nodes_;          // of all ranks, in order
  std::vector<int> node_owner_;           // rank
  std::vector<std::size_t> piece_sizes_;  // a rank each
  std::vector<AlignedBuffer> received_;   // this rank's piece of the others' nodes
  AlignedBuffer result_;
};

/// Sums rows of `width` numbers over `leaves` leaves in tree order, with the same bits on every number of ranks. `mine`
/// holds the rows of the leaves part_of(leaves, ranks, rank). Every rank gets the sums. Collective.
std::vector<double> sum_over_leaves(const Communicator& comm, std::size_t leaves, std::size_t width,
                                    std::span<const double> mine);

}  // namespace lockstep
