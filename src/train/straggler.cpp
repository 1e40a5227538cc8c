#include "train/straggler.hpp"

#include <algorithm>
#include <vector>

namespace lockstep {

std::optional<Straggler> find_straggler(std::span<const RankSeconds> ranks) {
  constexpr double kWorthTelling = 0.1;
  if (ranks.size() < 2) return std::nullopt;
  std::vector<double> paces;  // seconds a slice
  for (const RankSeconds& rank : ranks) paces.push_back((rank.input + rank.compute) / rank.slices);
  const auto slowest = static_cast<std::size_t>(std::ranges::max_element(paces) - paces.begin());
  const double pace = paces[slowest];
  const RankSeconds& rank = ranks[slowest];

  paces.erase(paces.begin() + static_cast<std::ptrdiff_t>(slowest));
  const auto middle = paces.begin() + static_cast<std::ptrdiff_t>(paces.size() / 2);
  std::ranges::nth_element(paces, middle);
  const double cost = (pace - *middle) * rank.slices / (rank.input + rank.compute + rank.sum + rank.wait);
  if (!(cost > kWorthTelling)) return std::nullopt;
  return Straggler{slowest, pace / *middle, cost};
}

}  // namespace lockstep
