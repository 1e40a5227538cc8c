#include "comm/leaf_sum.hpp"

#include <algorithm>
#include <bit>

namespace lockstep {

LeafSum::LeafSum(const Communicator& comm, std::size_t leaves, std::size_t width)
    : width_(width), scratch_((std::bit_width(leaves) + 1U) * width), result_(width) {
  std::vector<Range> owned;
  const auto ranks = static_cast<std::size_t>(comm.size());
  for (std::size_t rank = 0; rank < ranks; ++rank) owned.push_back(part_of(leaves, ranks, rank));
  owned_ = owned[static_cast<std::size_t>(comm.rank())];
  nodes_ = maximal_nodes({0, leaves}, owned_);
  for (std::size_t n = 0; n < nodes_.size(); ++n) sums_.emplace_back(width);
  std::vector<TreeExchange<double>::NodeSum> sums;
  for (std::size_t n = 0; n < nodes_.size(); ++n) sums.push_back({nodes_[n], sums_[n]});
  exchange_ = std::make_unique<TreeExchange<double>>(comm, TreePlan(owned, {0, width}, width), sums, result_, 0);
}

std::span<const double> LeafSum::operator()(std::span<const double> mine, const std::function<void()>& meanwhile) {
  for (std::size_t n = 0; n < nodes_.size(); ++n)
    tree_sum(
        nodes_[n], std::span(sums_[n]),
        [&](std::size_t leaf, std::span<double> row) {
          std::ranges::copy(mine.subspan((leaf - owned_.begin) * width_, width_), row.begin());
        },
        [this](std::size_t depth) { return scratch(depth); });
  exchange_->start();
  while (!exchange_->advance()) meanwhile();
  exchange_->finish();
  return result_;
}

}  // namespace lockstep
