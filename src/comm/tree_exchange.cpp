#include "comm/tree_exchange.hpp"

#include <algorithm>

namespace lockstep {

namespace {

void start_all(std::vector<MPI_Request>& requests) {
  // In this order, by which the messages between two hosts are told apart.
  for (MPI_Request& request : requests) check_mpi(MPI_Start(&request), "MPI_Start");
}

}  // namespace

TreeExchange::TreeExchange(const Communicator& hosts, const TreePlan& plan, std::span<const NodeSum> sums,
                           std::span<float> result, int tag)
    : hosts_(hosts), root_(plan.merges.back().front().node) {
  for (const NodeSum& sum : sums) pieces_.push_back({sum.node, {0, sum.values.size()}, sum.values});
  plan_merges(plan, result, tag);
  plan_returns(plan, result, tag);
  next_ = rounds_.size();
}

TreeExchange::~TreeExchange() {
  for (Round& round : rounds_) {
    for (MPI_Request& request : round.sends) MPI_Request_free(&request);
    for (MPI_Request& request : round.receives) MPI_Request_free(&request);
  }
}

void TreeExchange::plan_merges(const TreePlan& plan, std::span<float> result, int tag) {
  for (const auto& merges : plan.merges) {
    Round round;
    for (const TreePlan::Merge& merge : merges)
      for (const TreePlan::Part& part : merge.parts) {
        const int other = part.keeper == part.left ? part.right : part.left;
        const auto values_of = [&](const Range& child) { return find(child, part.range); };
        if (other == hosts_.rank() && part.keeper != hosts_.rank()) {
          const Range given = other == part.left ? left_child(merge.node) : right_child(merge.node);
          send(round, values_of(given), part.keeper, tag);
        }
        if (part.keeper != hosts_.rank()) continue;
        // The sum takes the place of what was received.
        std::span<float> sum = merge.node == root_ ? result.subspan(part.range.begin, part.range.size())
                                                   : buffers_.emplace_back(part.range.size()).span();
        if (part.left == part.right) {
          round.additions.push_back({values_of(left_child(merge.node)), values_of(right_child(merge.node)), sum});
        } else {
          receive(round, sum, other, tag);
          if (part.keeper == part.left)
            round.additions.push_back({values_of(left_child(merge.node)), sum, sum});
          else
            round.additions.push_back({sum, values_of(right_child(merge.node)), sum});
        }
        pieces_.push_back({merge.node, part.range, sum});
      }
    rounds_.push_back(std::move(round));
  }
}

void TreeExchange::plan_returns(const TreePlan& plan, std::span<float> result, int tag) {
  for (const auto& returns : plan.returns) {
    Round round;
    for (const TreePlan::Return& part : returns) {
      const std::span<float> values = result.subspan(part.range.begin, part.range.size());
      if (part.from == hosts_.rank()) send(round, values, part.to, tag);
      if (part.to == hosts_.rank()) receive(round, values, part.from, tag);
    }
    rounds_.push_back(std::move(round));
  }
}

void TreeExchange::send(Round& round, std::span<const float> values, int to, int tag) {
  check_mpi(MPI_Send_init(values.data(), mpi_count(values.size()), MPI_FLOAT, to, tag, hosts_.handle(),
                          &round.sends.emplace_back()),
            "MPI_Send_init");
  ++messages_;
  floats_ += values.size();
}

void TreeExchange::receive(Round& round, std::span<float> values, int from, int tag) {
  check_mpi(MPI_Recv_init(values.data(), mpi_count(values.size()), MPI_FLOAT, from, tag, hosts_.handle(),
                          &round.receives.emplace_back()),
            "MPI_Recv_init");
}

std::span<const float> TreeExchange::find(const Range& node, const Range& range) const {
  const auto piece =
      std::ranges::find_if(pieces_, [&](const Piece& p) { return p.node == node && p.range.contains(range); });
  invariant(piece != pieces_.end(), "a host has what it adds or sends");
  return piece->values.subspan(range.begin - piece->range.begin, range.size());
}

void TreeExchange::start() {
  for (Round& round : rounds_) start_all(round.receives);
  next_ = 0;
  start_all(rounds_.front().sends);
  advance();
}

bool TreeExchange::advance() {
  while (next_ < rounds_.size()) {
    Round& round = rounds_[next_];
    int done = 0;
    check_mpi(MPI_Testall(mpi_count(round.receives.size()), round.receives.data(), &done, MPI_STATUSES_IGNORE),
              "MPI_Testall");
    if (done == 0) return false;
    for (const Addition& addition : round.additions) add(addition.left, addition.right, addition.sum);
    if (++next_ < rounds_.size()) start_all(rounds_[next_].sends);
  }
  return true;
}

void TreeExchange::finish() {
  for (Round& round : rounds_)
    check_mpi(MPI_Waitall(mpi_count(round.sends.size()), round.sends.data(), MPI_STATUSES_IGNORE), "MPI_Waitall");
}

std::size_t TreeExchange::messages() const {
  return messages_;
}

std::size_t TreeExchange::floats() const {
  return floats_;
}

}  // namespace lockstep
