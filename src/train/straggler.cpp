#include "train/straggler.hpp"

#include <algorithm>

namespace lockstep {

std::optional<Straggler> find_straggler(std::span<const RankSeconds> ranks) {
  constexpr double kWorthTelling = 0.1;
  if (ranks.size() < 2) return std::nullopt;
  std::vector<double> paces;  // seconds per slice
  for (const RankSeconds& rank : ranks) paces.push_back(rank.own() / rank.slices);
  const auto slowest = static_cast<std::size_t>(std::ranges::max_element(paces) - paces.begin());
  const double pace = paces[slowest];
  const RankSeconds& rank = ranks[slowest];

  paces.erase(paces.begin() + static_cast<std::ptrdiff_t>(slowest));
  const auto middle = paces.begin() + static_cast<std::ptrdiff_t>(paces.size() / 2);
  std::ranges::nth_element(paces, middle);
  const double cost = (pace - *middle) * rank.slices / rank.all();
  if (!(cost > kWorthTelling)) return std::nullopt;
  return Straggler{slowest, pace / *middle, cost};
}

std::optional<Straggler> StragglerWatch::add(std::span<const RankSeconds> ranks) {
  constexpr double kLongEnough = 1;
  ranks_.resize(ranks.size());
  for (std::size_t rank = 0; rank < ranks.size(); ++rank) {
    ranks_[rank].input += ranks[rank].input;
    ranks_[rank].compute += ranks[rank].compute;
    ranks_[rank].sum += ranks[rank].sum;
    ranks_[rank].wait += ranks[rank].wait;
    ranks_[rank].slices = ranks[rank].slices;
  }
  if (ranks_.front().all() < kLongEnough) return std::nullopt;
  const std::optional<Straggler> found = find_straggler(ranks_);
  ranks_.clear();
  const bool is_news = found && found->rank != last_;
  last_ = found ? std::optional(found->rank) : std::nullopt;
  return is_news ? found : std::nullopt;
}

}  // namespace lockstep
