// A vector on its way between ranks, to be summed: messages that move while the ranks compute.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "comm/communicator.hpp"
#include "comm/tree_plan.hpp"

namespace lockstep {

/// Sums a vector of float or double over ranks in tree order, step after step, as TreePlan says. Nothing waits but
/// finish(); Open MPI moves messages only within its calls, so that advance() is to be called now and then.
template <class T>
class TreeExchange {
 public:
  /// The plan's hosts are the ranks of `hosts`. `sums` are the maximal nodes that this one owns, each with its sum;
  /// `result` is where the sum over all is put, and what `plan` means by elements. Both stay where they are. `tag`
  /// tells the exchanges of a communicator apart.
  struct NodeSum {
    Range node;
    std::span<const T> values;
  };
  TreeExchange(const Communicator& hosts, const TreePlan& plan, std::span<const NodeSum> sums, std::span<T> result,
               int tag);
  ~TreeExchange();
  TreeExchange(const TreeExchange&) = delete;
  TreeExchange& operator=(const TreeExchange&) = delete;

  /// The sums of this host are there.
  void start();

  /// Does what can be done without waiting. True when the result is there.
  bool advance();

  /// Waits until the sums may be overwritten, the result being there.
  void finish();

 private:
  struct Addition {
    Range node;
    std::vector<Range> below;
    std::vector<std::span<const T>> values;  // of the nodes below
    std::span<T> sum;
  };
  struct Round {
    std::vector<MPI_Request> sends;  // persistent ones, as all here
    std::vector<MPI_Request> receives;
    std::vector<Addition> additions;  // when all is received
  };
  /// A piece of a node's value that this host has.
  struct Piece {
    Range node;
    Range range;
    std::span<const T> values;
  };

  void plan_merges(const TreePlan& plan, int tag);
  void plan_returns(const TreePlan& plan, int tag);
  void send(Round& round, std::span<const T> values, int to, int tag);
  void receive(Round& round, std::span<T> values, int from, int tag);
  /// Where this host has elements `range` of a node's value.
  [[nodiscard]] std::span<const T> find(const Range& node, const Range& range) const;
  void add_up(const Addition& addition);

  Communicator hosts_;
  std::span<T> result_;
  std::span<const T> whole_;  // of a host that owns all leaves
  std::vector<Piece> pieces_;
  std::vector<std::vector<T>> buffers_;
  std::vector<T> scratch_;  // like the largest sum
  std::vector<Round> rounds_;
  std::size_t next_ = 0;  // round
};

}  // namespace lockstep
