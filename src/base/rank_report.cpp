#include "base/rank_report.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <utility>

#include "base/counted.hpp"

namespace lockstep {

namespace {

constexpr std::size_t kMost = 4;  // things named one by one

/// The first few of many, separated by `separator`.
std::string first_of(const std::vector<std::string>& texts, const char* separator) {
  const std::size_t shown = std::min(texts.size(), kMost);
  const std::string rest = texts.size() > shown ? fmt::format(" and {} more", texts.size() - shown) : "";
  return fmt::format("{}{}", fmt::join(texts.begin(), texts.begin() + static_cast<std::ptrdiff_t>(shown), separator),
                     rest);
}

}  // namespace

std::string name_ranks(std::span<const std::size_t> ranks, std::span<const std::string> hosts) {
  std::vector<std::string> runs;
  std::vector<std::string> names;
  for (std::size_t begin = 0; begin < ranks.size();) {
    std::size_t end = begin + 1;
    while (end < ranks.size() && ranks[end] == ranks[end - 1] + 1) ++end;
    runs.push_back(end - begin > 1 ? fmt::format("{} to {}", ranks[begin], ranks[end - 1])
                                   : std::to_string(ranks[begin]));
    begin = end;
  }
  for (const std::size_t rank : ranks)
    if (std::ranges::find(names, hosts[rank]) == names.end()) names.push_back(hosts[rank]);
  return fmt::format("rank{} {} on {}", ranks.size() == 1 ? "" : "s", first_of(runs, ", "), first_of(names, ", "));
}

std::string describe_differences(std::span<const std::string> values, std::span<const std::string> hosts) {
  std::map<std::string, std::vector<std::size_t>> having;
  for (std::size_t rank = 0; rank < values.size(); ++rank) having[values[rank]].push_back(rank);
  if (having.size() <= 1) return "";
  std::vector<std::pair<std::vector<std::size_t>, std::string>> groups;
  for (const auto& [value, ranks] : having) groups.emplace_back(ranks, value);
  std::ranges::sort(groups);
  std::vector<std::string> texts;
  for (const auto& [ranks, value] : groups)
    texts.push_back(fmt::format("{} {} {}", name_ranks(ranks, hosts), ranks.size() == 1 ? "has" : "have", value));
  return first_of(texts, "; ");
}

std::string describe_crowded(std::span<const Cores> cores, std::span<const std::string> hosts) {
  std::map<std::string, std::vector<std::size_t>> ranks_of_host;
  for (std::size_t rank = 0; rank < hosts.size(); ++rank) ranks_of_host[hosts[rank]].push_back(rank);
  std::vector<std::string> texts;
  for (const auto& [host, ranks] : ranks_of_host) {
    std::set<std::size_t> crowded;
    std::set<int> shared;
    for (const std::size_t rank : ranks) {
      // Those that can go nowhere but where this rank can.
      std::vector<std::size_t> within;
      for (const std::size_t other : ranks)
        if (std::ranges::includes(cores[rank], cores[other])) within.push_back(other);
      if (within.size() <= cores[rank].size()) continue;
      crowded.insert(within.begin(), within.end());
      shared.insert(cores[rank].begin(), cores[rank].end());
    }
    if (!crowded.empty())
      texts.push_back(fmt::format("{} share {}",
                                  name_ranks(std::vector<std::size_t>(crowded.begin(), crowded.end()), hosts),
                                  counted(shared.size(), "core")));
  }
  return first_of(texts, "; ");
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

std::string describe_low(std::span<const double> values, double whole, double part,
                         std::span<const std::string> hosts) {
  std::vector<std::size_t> low;
  for (std::size_t rank = 0; rank < values.size(); ++rank)
    if (values[rank] < part * whole) low.push_back(rank);
  std::ranges::sort(low, {}, [&](std::size_t rank) { return std::pair(values[rank], rank); });
  std::vector<std::string> texts;
  for (const std::size_t rank : low)
    texts.push_back(fmt::format("{} at {:.0f} %", name_ranks(std::span(&rank, 1), hosts), 100 * values[rank] / whole));
  return first_of(texts, ", ");
}

}  // namespace lockstep
