// Sums over all slices of a step, with the same bits on every number of ranks.
#pragma once

#include <span>
#include <vector>

#include "base/partition.hpp"
#include "comm/communicator.hpp"
#include "comm/shared_memory.hpp"
#include "tensor/aligned_buffer.hpp"

namespace lockstep {

/// Sums gradients over the tree of slices. Each rank owns a contiguous run of slices and fills one buffer for each
/// maximal node of the tree within it. The ranks of a host share the work that follows, a part of the gradient each:
///
///     exchange()      the buffers of all ranks are there to read
///     sum(range)      for ranges of this rank's part, which it then uses
///     finish()        all ranks of this host have used their parts
///
/// Within a host the buffers are read where they lie. Between hosts every rank receives its piece of the buffers, sums
/// it, and the pieces are gathered once a host.
class GradientReducer {
 public:
  /// For `slices` slices, at least one a rank, and gradients of `size` floats. `host` are the ranks of `world` that
  /// share memory. Collective.
  GradientReducer(const Communicator& world, const Communicator& host, std::size_t slices, std::size_t size);

  /// The slices that this rank owns.
  [[nodiscard]] const Range& owned() const { return owned_; }

  /// The nodes of the tree that this rank sums by itself, and the buffers in which it leaves the sums.
  [[nodiscard]] std::span<const Range> nodes() const { return nodes_; }
  [[nodiscard]] std::span<const std::span<float>> gradients() const { return gradients_; }

  /// Lets all ranks know each other's buffers, and sums `rows`, `width` numbers for each slice that this rank owns,
  /// over all slices. Collective.
  std::vector<double> exchange(std::size_t width, std::span<const double> rows);

  /// Elements that are summed at once, so that they stay in the cache.
  static constexpr std::size_t kChunk = 4096;

  /// This rank's part of the gradient: whole chunks, counted from the first element.
  [[nodiscard]] const Range& part() const { return part_; }

  /// The sum over all slices of the elements in `range`, no more than kChunk within part(). Valid until the next call.
  std::span<const float> sum(const Range& range);

  /// Waits until all ranks of this host have come here. Buffers may then be filled again.
  void finish() const { host_.barrier(); }

 private:
  [[nodiscard]] std::size_t floats_of_this_host() const;
  [[nodiscard]] bool is_here(int rank) const;
  /// What rank `rank` sums for all hosts, where there are several.
  [[nodiscard]] Range piece(int rank) const;
  /// The rank of the same host as `rank` that receives the piece of rank `from` for all of them.
  [[nodiscard]] int receiver(int from, int rank) const;
  void exchange_nodes();
  void exchange_pieces();
  /// The sum over the tree of what contents_ hold of `range`, which counts from the begin of what they hold.
  std::span<const float> sum_contents(const Range& range);

  Communicator world_;
  Communicator host_;
  std::vector<int> first_on_host_;  // of each rank: the first rank of the world on the same host
  Range slices_;
  std::size_t size_;
  Range owned_;
  Range part_;
  SharedMemory memory_;  // buffers of all nodes of this host's ranks, then, of several hosts, the sum
  std::vector<Range> nodes_;
  std::vector<std::span<float>> gradients_;

  std::vector<Range> all_nodes_;            // of all ranks, in order
  std::vector<int> node_owner_;             // rank
  std::vector<std::span<float>> contents_;  // of each: the whole buffer; with several hosts, this rank's piece of it
  std::vector<AlignedBuffer> received_;     // memory for pieces of other hosts' nodes
  std::vector<AlignedBuffer> scratch_;      // a depth of the tree each
  std::span<float> result_;                 // of several hosts: the sum
};

/// Sums rows of `width` numbers over `leaves` leaves in tree order, with the same bits on every number of ranks. `mine`
/// holds the rows of the leaves part_of(leaves, ranks, rank). Every rank gets the sums. Collective.
std::vector<double> sum_over_leaves(const Communicator& comm, std::size_t leaves, std::size_t width,
                                    std::span<const double> mine);

}  // namespace lockstep
