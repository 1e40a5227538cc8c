#include "data/gaps.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "data/split.hpp"

namespace lockstep {

namespace {

constexpr const char* kMissingKey = "data.missing";

/// Marks the rows that have a NaN in a column of the rule `drop`.
template <class Real>
void mark_gaps(const std::vector<Real>& values, const std::vector<Missing>& rules, std::vector<bool>& marked) {
  if (!drops(rules)) return;
  for (std::size_t i = 0; i < values.size(); ++i)
    if (rules[i % rules.size()] == Missing::drop && std::isnan(values[i])) marked[i / rules.size()] = true;
}

}  // namespace

bool drops(const std::vector<Missing>& rules) {
  return std::ranges::count(rules, Missing::drop) > 0;
}

bool GapOptions::fill_some() const {
  return std::ranges::any_of(missing.given, [](const auto& entry) { return is_filled(entry.second); });
}

GapRules gap_rules(const GapOptions& options, std::span<const std::string> features,
                   std::span<const std::string> targets, bool to_predict, const std::string& source) {
  GapRules rules{options.missing.of(features, kMissingKey, source), options.missing.of(targets, kMissingKey, source)};
  if (to_predict) {
    std::ranges::replace(rules.features, Missing::drop, Missing::error);
    return rules;
  }
  std::vector<std::string> all(features.begin(), features.end());
  all.insert(all.end(), targets.begin(), targets.end());
  options.missing.check(all, kMissingKey, source);
  std::ranges::replace_if(rules.targets, is_filled, Missing::error);
  return rules;
}

std::uint64_t leave_out_gaps(Dataset& data, const GapRules& rules) {
  std::vector<bool> marked(data.info.samples);
  mark_gaps(data.floats, rules.features, marked);
  mark_gaps(data.values, rules.features, marked);
  mark_gaps(data.targets, rules.targets, marked);
  std::vector<std::uint32_t> rows;
  for (std::uint32_t row = 0; row < marked.size(); ++row)
    if (marked[row]) rows.push_back(row);
  if (!rows.empty()) leave_out(data, rows);
  return rows.size();
}

std::string note_left_out(const std::string& source, std::uint64_t left_out, std::uint64_t all) {
  return fmt::format("{} of the {} samples of {} have gaps and are left out (data.missing = \"drop\")", left_out, all,
                     source);
}

std::vector<bool> filled_by_medians(const DatasetInfo& info, const GapOptions& options) {
  std::vector<bool> columns;
  if (info.is_image()) return columns;
  for (const Missing rule : options.missing.of(column_names(info), kMissingKey, info.source))
    columns.push_back(rule == Missing::median);
  return columns;
}

std::vector<GapFill> gap_fills(const Survey& train, const GapOptions& options,
                               std::span<const std::string> feature_names) {
  const DatasetInfo& info = train.info();
  if (info.is_image() || !options.fill_some()) return {};
  const std::vector<Missing> rules = options.missing.of(feature_names, kMissingKey, info.source);
  std::vector<GapFill> fills(rules.size());
  for (std::size_t c = 0; c < fills.size(); ++c) {
    if (!is_filled(rules[c])) continue;
    const TrainColumn& column = train.features()[c];
    fills[c].indicator = options.indicator && column.statistics.numbers < column.samples;
    fills[c].value = rules[c] == Missing::mean     ? column.statistics.mean
                     : rules[c] == Missing::median ? column.median()
                                                   : 0.0;
  }
  return fills;
}

}  // namespace lockstep
