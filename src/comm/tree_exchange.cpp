#include "comm/tree_exchange.hpp"

#include <algorithm>

namespace lockstep {

namespace {

MPI_Datatype mpi_type(float /*of values*/) {
  return MPI_FLOAT;
}
MPI_Datatype mpi_type(double /*of values*/) {
  return MPI_DOUBLE;
}

void start_all(std::vector<MPI_Request>& requests) {
  // In this order, by which the messages between two hosts are told apart.
  for (MPI_Request& request : requests) check_mpi(MPI_Start(&request), "MPI_Start");
}

}  // namespace

template <class T>
TreeExchange<T>::TreeExchange(const Communicator& hosts, const TreePlan& plan, std::span<const NodeSum> sums,
                              std::span<T> result, int tag)
    : hosts_(hosts), result_(result) {
  for (const NodeSum& sum : sums) {
    pieces_.push_back({sum.node, {0, sum.values.size()}, sum.values});
    if (sum.node == plan.root) whole_ = sum.values;
  }
  plan_merges(plan, tag);
  plan_returns(plan, tag);
  next_ = rounds_.size();
}

template <class T>
TreeExchange<T>::~TreeExchange() {
  for (Round& round : rounds_) {
    for (MPI_Request& request : round.sends) MPI_Request_free(&request);
    for (MPI_Request& request : round.receives) MPI_Request_free(&request);
  }
}

template <class T>
void TreeExchange<T>::plan_merges(const TreePlan& plan, int tag) {
  for (const auto& merges : plan.merges) {
    Round round;
    for (const TreePlan::Merge& merge : merges)
      for (const TreePlan::Part& part : merge.parts) {
        const bool is_keeper = part.keeper == hosts_.rank();
        std::vector<std::span<const T>> values;
        for (std::size_t k = 0; k < merge.below.size(); ++k)
          if (part.holders[k] == hosts_.rank()) {
            values.push_back(find(merge.below[k], part.range));
            if (!is_keeper) send(round, values.back(), part.keeper, tag);
          } else if (is_keeper) {
            const std::span<T> received = buffers_.emplace_back(part.range.size());
            receive(round, received, part.holders[k], tag);
            values.push_back(received);
          }
        if (!is_keeper) continue;
        const std::span<T> sum = merge.node == plan.root ? result_.subspan(part.range.begin, part.range.size())
                                                         : std::span<T>(buffers_.emplace_back(part.range.size()));
        scratch_.resize(std::max(scratch_.size(), sum.size()));
        round.additions.push_back({merge.node, merge.below, std::move(values), sum});
        pieces_.push_back({merge.node, part.range, sum});
      }
    rounds_.push_back(std::move(round));
  }
}

template <class T>
void TreeExchange<T>::plan_returns(const TreePlan& plan, int tag) {
  for (const auto& returns : plan.returns) {
    Round round;
    for (const TreePlan::Return& part : returns) {
      const std::span<T> values = result_.subspan(part.range.begin, part.range.size());
      if (part.from == hosts_.rank()) send(round, values, part.to, tag);
      if (part.to == hosts_.rank()) receive(round, values, part.from, tag);
    }
    rounds_.push_back(std::move(round));
  }
}

template <class T>
void TreeExchange<T>::send(Round& round, std::span<const T> values, int to, int tag) {
  check_mpi(MPI_Send_init(values.data(), mpi_count(values.size()), mpi_type(T{}), to, tag, hosts_.handle(),
                          &round.sends.emplace_back()),
            "MPI_Send_init");
}

template <class T>
void TreeExchange<T>::receive(Round& round, std::span<T> values, int from, int tag) {
  check_mpi(MPI_Recv_init(values.data(), mpi_count(values.size()), mpi_type(T{}), from, tag, hosts_.handle(),
                          &round.receives.emplace_back()),
            "MPI_Recv_init");
}

template <class T>
std::span<const T> TreeExchange<T>::find(const Range& node, const Range& range) const {
  const auto piece =
      std::ranges::find_if(pieces_, [&](const Piece& p) { return p.node == node && p.range.contains(range); });
  invariant(piece != pieces_.end(), "a host has what it adds or sends");
  return piece->values.subspan(range.begin - piece->range.begin, range.size());
}

template <class T>
void TreeExchange<T>::add_up(const Addition& addition) {
  tree_sum_parts<T>(
      addition.node, addition.below, [&](std::size_t k) { return addition.values[k]; },
      [&](std::size_t depth) { return depth == 0 ? addition.sum : std::span(scratch_).first(addition.sum.size()); });
}

template <class T>
void TreeExchange<T>::start() {
  std::ranges::copy(whole_, result_.begin());
  for (Round& round : rounds_) start_all(round.receives);
  next_ = 0;
  if (!rounds_.empty()) start_all(rounds_.front().sends);
  advance();
}

template <class T>
bool TreeExchange<T>::advance() {
  while (next_ < rounds_.size()) {
    Round& round = rounds_[next_];
    int done = 0;
    check_mpi(MPI_Testall(mpi_count(round.receives.size()), round.receives.data(), &done, MPI_STATUSES_IGNORE),
              "MPI_Testall");
    if (done == 0) return false;
    for (const Addition& addition : round.additions) add_up(addition);
    if (++next_ < rounds_.size()) start_all(rounds_[next_].sends);
  }
  return true;
}

template <class T>
void TreeExchange<T>::finish() {
  for (Round& round : rounds_)
    check_mpi(MPI_Waitall(mpi_count(round.sends.size()), round.sends.data(), MPI_STATUSES_IGNORE), "MPI_Waitall");
}

template class TreeExchange<float>;
template class TreeExchange<double>;

}  // namespace lockstep
