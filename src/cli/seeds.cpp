#include "cli/seeds.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <optional>
#include <string_view>

#include "checkpoint/folder.hpp"
#include "metrics/lines.hpp"

namespace lockstep {

namespace {

constexpr std::string_view kSeedPrefix = "seed-";

/// The number that is the whole of `text`.
std::optional<std::uint64_t> whole_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole ? std::optional(number) : std::nullopt;
}

struct MeanAndDeviation {
  double mean = 0;
  double deviation = 0;  // of the sample
};

MeanAndDeviation describe(const std::vector<double>& values) {
  const auto count = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return {mean, std::sqrt(squares / (count - 1))};
}

MeanAndDeviation describe(const std::map<std::size_t, RunResult>& results, double RunResult::*value) {
  std::vector<double> values;
  for (const auto& [place, result] : results) values.push_back(result.*value);
  return describe(values);
}

/// Lines of a name and of texts, each under its heading, as many columns of them in a table as a terminal has room for.
void print_table(const std::vector<std::string>& names, const std::vector<std::string>& headings,
                 const std::vector<std::vector<std::string>>& columns) {
  constexpr std::size_t kLeast = 12;
  std::size_t width = 0;
  for (const std::string& name : names) width = std::max(width, name.size());
  for (std::size_t begin = 0, end = 0; begin < headings.size(); begin = end) {
    std::vector<std::string> lines{fmt::format("{:<{}}", "", width)};
    for (const std::string& name : names) lines.push_back(fmt::format("{:<{}}", name, width));
    for (; end < headings.size(); ++end) {
      const std::size_t wide = std::max(kLeast, headings[end].size());
      if (end > begin && lines.front().size() + 2 + wide > kColumns) break;
      lines.front() += fmt::format("  {:>{}}", headings[end], wide);
      for (std::size_t row = 0; row < names.size(); ++row)
        lines[row + 1] += fmt::format("  {:>{}}", columns[end][row], wide);
    }
    fmt::print("\n{}\n", fmt::join(lines, "\n"));
  }
}

}  // namespace

std::vector<std::uint64_t> parse_seeds(const std::string& list) {
  std::vector<std::uint64_t> seeds;
  for (std::string_view rest = list;;) {
    const std::string_view word = rest.substr(0, rest.find(','));
    const std::optional<std::uint64_t> seed = whole_number(word);
    if (!seed) throw bad_input("--seeds {}: '{}' is no whole number; give them as 1,2,3", list, word);
    if (std::ranges::count(seeds, *seed) > 0) throw bad_input("--seeds {}: {} is there twice", list, *seed);
    seeds.push_back(*seed);
    if (word.size() == rest.size()) break;
    rest.remove_prefix(word.size() + 1);
  }
  if (seeds.size() < 2) throw bad_input("--seeds {}: give two or more, or set run.seed for one", list);
  return seeds;
}

std::filesystem::path folder_of_seed(const std::filesystem::path& folder, std::uint64_t seed) {
  return folder / fmt::format("{}{}", kSeedPrefix, seed);
}

void check_folder_of_seeds(const std::filesystem::path& folder) {
  if (CheckpointFolder(folder).files().empty()) return;
  throw bad_input("{}: holds a run of its own; give another --run-dir or run.name for those of --seeds",
                  folder.string());
}

std::vector<std::string> runs_of(const std::filesystem::path& path) {
  std::vector<std::uint64_t> seeds;
  if (std::filesystem::is_directory(path) && CheckpointFolder(path).files().empty())
    for (const auto& entry : std::filesystem::directory_iterator(path)) {
      const std::string name = entry.path().filename().string();
      if (!name.starts_with(kSeedPrefix)) continue;
      if (const auto seed = whole_number(std::string_view(name).substr(kSeedPrefix.size()))) seeds.push_back(*seed);
    }
  std::ranges::sort(seeds);
  std::vector<std::string> runs;
  for (const std::uint64_t seed : seeds) runs.push_back(folder_of_seed(path, seed).string());
  if (runs.empty()) runs.push_back(path.string());
  return runs;
}

void check_alike(const TrainedModel& first, const TrainedModel& other) {
  const DatasetInfo& one = first.info.data;
  const DatasetInfo& two = other.info.data;
  if (same_data(one, two) && first.config.train.loss.name == other.config.train.loss.name) return;
  throw bad_input("{}: was trained on other data, or with another loss, than {}; their predictions have no mean",
                  two.source, one.source);
}

void print_networks(const std::vector<NetworkScores>& networks, const NamedScores& averaged) {
  std::vector<std::string> names;
  for (const NetworkScores& network : networks) names.push_back(network.name);
  names.insert(names.end(), {"mean", "standard deviation", "mean of predictions"});
  std::vector<std::string> headings;
  std::vector<std::vector<std::string>> columns;
  for (std::size_t k = 0; k < networks.front().scores.size(); ++k) {
    headings.push_back(networks.front().scores[k].first);
    std::vector<double> values;
    std::vector<std::string>& column = columns.emplace_back();
    for (const NetworkScores& network : networks) {
      values.push_back(network.scores[k].second);
      column.push_back(full_number(values.back()));
    }
    const auto [mean, deviation] = describe(values);
    const auto of_all = std::ranges::find(averaged, headings.back(), &NamedScores::value_type::first);
    column.insert(column.end(), {full_number(mean), full_number(deviation),
                                 of_all == averaged.end() ? "-" : full_number(of_all->second)});
  }
  print_table(names, headings, columns);
}

void print_seeds(const std::vector<std::uint64_t>& seeds, const std::map<std::size_t, RunResult>& results) {
  const MeanAndDeviation loss = describe(results, &RunResult::test_loss);
  const MeanAndDeviation score = describe(results, &RunResult::test_score);
  const std::string name = "test_" + results.at(0).score_name;
  const auto print_row = [&](const std::string& what, double of_loss, double of_score, const std::string& rest) {
    fmt::print("{:<18}  {:>12}  {:>13}{}\n", what, full_number(of_loss), full_number(of_score), rest);
  };
  fmt::print("\n{:<18}  {:>12}  {:>13}  digest\n", "seed", "test_loss", name);
  for (const auto& [place, result] : results)
    print_row(std::to_string(seeds[place]), result.test_loss, result.test_score, "  " + result.digest);
  print_row("mean", loss.mean, score.mean, "");
  print_row("standard deviation", loss.deviation, score.deviation, "");
  fmt::print("done: seeds {} test_loss {} test_loss_sd {} {} {} {}_sd {}\n", seeds.size(), full_number(loss.mean),
             full_number(loss.deviation), name, full_number(score.mean), name, full_number(score.deviation));
}

}  // namespace lockstep
