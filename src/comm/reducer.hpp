// Sums over all slices of a step, with the same bits on every number of ranks.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/partition.hpp"
#include "comm/communicator.hpp"
#include "comm/leaf_sum.hpp"
#include "comm/shared_memory.hpp"
#include "comm/tree_exchange.hpp"
#include "tensor/aligned_buffer.hpp"

namespace lockstep {

/// Sums gradients over the tree of slices. Each rank owns a contiguous run of slices and fills one buffer for each
/// maximal node of the tree within it. The ranks of a host share the work that follows, some parts of the gradient
/// each:
///
///     progress(from)  this rank's buffers are full from element `from` on; called on the way through the backward pass
///     exchange()      all buffers of all ranks are full
///     wait(part)      of parts(): its sum is there
///     sum(range)      for ranges of that part, which this rank then uses
///     finish()        all ranks of this host have used their parts
///
/// Within a host buffers are read where they lie. Between hosts the gradient goes in buckets, the last first, each
/// as soon as it is full, so that messages travel during the backward pass and the update.
class GradientReducer {
 public:
  /// For `slices` slices, at least one per rank, gradients of layers that lie one behind the other, and `row_width`
  /// further numbers for each slice. `host` are the ranks of `world` that share memory. Collective.
  GradientReducer(const Communicator& world, const Communicator& host, std::size_t slices, std::size_t size,
                  std::size_t row_width);

  /// The memory that such a reducer takes on this host, all ranks together, in bytes. Collective.
  static std::size_t shared_bytes(const Communicator& world, const Communicator& host, std::size_t slices,
                                  std::size_t size);

  /// What sums `width` numbers for each slice, those of the slices that this rank owns. Collective.
  [[nodiscard]] LeafSum row_sum(std::size_t width) const { return {world_, slices_.size(), width}; }

  /// The slices that this rank owns, and those that it would own of so many; that is collective.
  [[nodiscard]] const Range& owned() const { return owned_; }
  static Range slices_of(const Communicator& world, const Communicator& host, std::size_t slices);

  /// The nodes of the tree that this rank sums by itself, and the buffers in which it leaves the sums.
  [[nodiscard]] std::span<const Range> nodes() const { return nodes_; }
  [[nodiscard]] std::span<const std::span<float>> gradients() const { return gradients_; }

  /// Starts what can be sent, and lets messages move. Does not wait.
  void progress(std::size_t from);

  /// Waits until all ranks have filled all their buffers, and sums `rows`, some numbers for each slice that this rank
  /// owns, over all slices. The sums are valid until the next call. Collective.
  std::span<const double> exchange(std::span<const double> rows);

  /// Elements that are summed at once, so that they stay in the cache.
  static constexpr std::size_t kChunk = 4096;

  /// This rank's parts of the gradient, in the order in which their sums come: whole chunks, counted from the first
  /// element.
  [[nodiscard]] std::span<const Range> parts() const { return parts_; }

  /// Waits for the sum of one of parts().
  void wait(std::size_t part);

  /// The sum over all slices of the elements in `range`, no more than kChunk within a part for which this rank has
  /// waited. Valid until the next call.
  std::span<const float> sum(const Range& range);

  /// Waits until all ranks of this host have come here. Buffers may then be filled again.
  void finish();

 private:
  /// How often the ranks of this host have filled a bucket.
  using FillCount = std::atomic<std::uint64_t>;
  static_assert(FillCount::is_always_lock_free);

  /// What travels at once: chunks of the gradient that become full one after the other.
  struct Bucket {
    Range range;
    std::vector<std::pair<Range, std::span<float>>> host_sums;  // nodes of which several ranks of this host have parts
    AlignedBuffer sum;                                          // over all hosts, of this rank's part
    std::unique_ptr<TreeExchange<float>> exchange;
    bool started = false;
  };

  static std::size_t shared_bytes(std::size_t nodes, std::size_t size);
  void make_buckets();
  void share_memory();
  void connect_hosts();
  /// Does what can be done without waiting, and looks for messages that are not there up to so many times.
  void poll(int looks);
  /// Does what can be done for a bucket without waiting. True when this rank's part of the sum is there.
  bool advance(std::size_t bucket);
  /// The sum over a node of this host, of elements `range`.
  std::span<const float> sum_here(const Range& node, const Range& range);
  [[nodiscard]] bool has_several_hosts() const { return owned_by_hosts_.size() > 1; }

  Communicator world_;  // in the order of hosts, so that each host owns a run of slices
  Communicator host_;
  Range slices_;
  std::size_t size_;
  LeafSum sum_rows_;
  Range owned_;
  std::vector<Range> owned_by_hosts_;
  std::size_t this_host_ = 0;
  int rails_ = 1;                     // ranks of each host that share the sums, as many as the smallest host has
  std::optional<Communicator> rail_;  // those with the same parts, one of each host

  std::optional<SharedMemory> memory_;  // this host's: how full it is, buffers of its nodes
  std::span<FillCount> full_;           // a bucket each
  std::vector<Range> nodes_;
  std::vector<std::span<float>> gradients_;
  std::vector<Range> nodes_here_;  // of all ranks of this host, in order
  std::vector<std::span<const float>> gradients_here_;
  std::vector<AlignedBuffer> host_sums_;
  std::vector<AlignedBuffer> scratch_;  // a depth of the tree each

  std::vector<Bucket> buckets_;
  std::vector<Range> parts_;  // a bucket each
  std::size_t filled_ = 0;    // buckets, by this rank, in this step
  std::uint64_t steps_ = 0;   // finished
};

}  // namespace lockstep
