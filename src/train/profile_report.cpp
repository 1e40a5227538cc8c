#include "train/profile_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "base/counted.hpp"

namespace lockstep {

std::string profile_table(const Communicator& world, const Profile& profile, std::uint64_t steps) {
  const std::vector<double> all = world.gather(profile.seconds());
  if (!world.is_root() || steps == 0) return {};
  const double ranks = world.size();
  const double total = std::accumulate(all.begin(), all.end(), 0.0);
  const double per_step = 1e3 / static_cast<double>(steps);
  std::string table = fmt::format("profile: {} on {}\n{:<12}{:>10}{:>9}{:>20}\n", counted(steps, "step"),
                                  counted(static_cast<std::size_t>(world.size()), "rank"), "phase", "ms/step", "share",
                                  "most, on rank");
  for (std::size_t phase = 0; phase < kPhases; ++phase) {
    const auto of_rank = [&](int rank) { return all[static_cast<std::size_t>(rank) * kPhases + phase]; };
    double sum = 0;
    int most = 0;
    for (int rank = 0; rank < world.size(); ++rank) {
      sum += of_rank(rank);
      if (of_rank(rank) > of_rank(most)) most = rank;
    }
    table += fmt::format("{:<12}{:>10.4f}{:>7.1f} %{:>13.4f}{:>7}\n", name_of(static_cast<Phase>(phase)),
                         sum / ranks * per_step, 100 * sum / total, of_rank(most) * per_step, most);
  }
  return table + fmt::format("{:<12}{:>10.4f}\n", "all", total / ranks * per_step);
}

std::vector<std::vector<Profile::Lap>> gather_laps(const Communicator& world, const Profile& profile) {
  std::vector<double> mine;
  for (const Profile::Lap& lap : profile.last_laps())
    mine.insert(mine.end(), {static_cast<double>(lap.phase), lap.begin, lap.end});
  const std::vector<double> counts = world.gather(std::vector{static_cast<double>(mine.size())});
  const std::vector<double> all = world.gather(mine);
  std::vector<std::vector<Profile::Lap>> ranks;
  auto number = all.begin();
  for (const double count : counts) {
    std::vector<Profile::Lap>& laps = ranks.emplace_back();
    for (const auto end = number + static_cast<std::ptrdiff_t>(count); number < end; number += 3)
      laps.push_back({static_cast<Phase>(static_cast<int>(number[0])), number[1], number[2]});
  }
  return ranks;
}

}  // namespace lockstep
