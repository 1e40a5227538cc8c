#include "data/advice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "data/checks.hpp"

namespace lockstep {

namespace {

constexpr double kMostDeviation = 10;  // networks learn features or targets up to here as they are
constexpr double kLeastDeviation = 0.1;
constexpr std::uint64_t kFewSamples = 10;
constexpr double kLargeShare = 0.8;
constexpr std::uint64_t kTimesLarger = 20;

struct Column {
  double mean = 0;
  double deviation = 0;  // 0: constant

  [[nodiscard]] double size() const { return std::max(std::abs(mean), deviation); }
};

/// The columns whose standardization is `standard`; those that have a scale already count as constant.
std::vector<Column> unscaled_columns(const Scaling& standard, const std::vector<Scale>& kinds) {
  std::vector<Column> columns;
  for (std::size_t c = 0; c < kinds.size(); ++c) {
    const ColumnScale& of = standard.columns[c];
    if (kinds[c] == Scale{})
      columns.push_back({of.shift, of.scale == 0 ? 0 : 1 / of.scale});
    else
      columns.emplace_back();
  }
  return columns;
}

/// The column that is furthest from mean 0 and deviation 1, where one is far, or all are far below.
const Column* far_from_standard(const std::vector<Column>& columns) {
  const auto largest = std::ranges::max_element(columns, {}, &Column::size);
  if (largest->size() > kMostDeviation) return &*largest;
  const auto widest = std::ranges::max_element(columns, {}, &Column::deviation);
  return widest->deviation > 0 && widest->deviation < kLeastDeviation ? &*widest : nullptr;
}

void advise_on_features(const Survey& train, const DataOptions& options, std::vector<std::string>& notes) {
  const DatasetInfo& info = train.info();
  if (info.bytes && info.is_image()) return;  // always scaled
  std::vector<Scale> kinds = options.scale.of(column_names(info), "data.scale", info.source);
  for (std::size_t c = 0; c < kinds.size(); ++c)
    if (info.is_of_words(c)) kinds[c] = kScale<StandardScale>;  // 0 and 1
  if (std::ranges::count(kinds, Scale{}) == 0) return;
  const std::vector<Column> columns = unscaled_columns(feature_scaling(train, kScale<StandardScale>), kinds);
  const Column* far = far_from_standard(columns);
  if (far == nullptr) return;
  const std::string name = columns.size() < info.features()
                               ? "all pixels"
                               : feature_name(info, static_cast<std::size_t>(far - columns.data()));
  notes.push_back(fmt::format(
      "features are far from mean 0 and deviation 1 (most of all {}: {:.4g} and {:.4g}), so they may be learnt badly; "
      "set {}",
      name, far->mean, far->deviation, options.scale.given.empty() ? "data.standardize = true" : "its data.scale"));
}

void advise_on_targets(const Survey& train, const DataOptions& options, std::vector<std::string>& notes) {
  const DatasetInfo& info = train.info();
  if (info.task == Task::classification) return;
  const std::vector<Scale> kinds = options.scale_targets.of(info.output_names, "data.scale_targets", info.source);
  if (std::ranges::count(kinds, Scale{}) == 0) return;
  const std::vector<Column> columns = unscaled_columns(target_scaling(train, kScale<StandardScale>), kinds);
  const Column* far = far_from_standard(columns);
  if (far == nullptr) return;
  notes.push_back(fmt::format(
      "targets are far from mean 0 and deviation 1 (most of all '{}': {:.4g} and {:.4g}), so they may be learnt badly; "
      "set {}, and predictions are scaled back",
      info.output_names[static_cast<std::size_t>(far - columns.data())], far->mean, far->deviation,
      options.scale_targets.given.empty() ? "data.standardize_targets = true" : "its data.scale_targets"));
}

void advise_on_classes(const Survey& train, std::vector<std::string>& notes) {
  const std::vector<std::string>& names = train.info().output_names;
  const std::vector<std::uint64_t>& counts = train.class_counts();

  std::vector<std::string> few;
  std::size_t smallest = 0;  // of those that have samples
  for (std::size_t c = 0; c < counts.size(); ++c) {
    if (counts[c] == 0) continue;
    if (counts[c] < kFewSamples) few.push_back(names[c]);
    if (counts[smallest] == 0 || counts[c] < counts[smallest]) smallest = c;
  }
  if (!few.empty())
    notes.push_back(fmt::format("fewer than {} training samples, which is little to learn from, in class{} {}",
                                kFewSamples, few.size() > 1 ? "es" : "", list_names(few)));

  const auto largest = static_cast<std::size_t>(std::ranges::max_element(counts) - counts.begin());
  const double share = static_cast<double>(counts[largest]) / static_cast<double>(train.info().samples);
  if (share >= kLargeShare || counts[largest] >= kTimesLarger * counts[smallest])
    notes.push_back(fmt::format(
        "classes are of unequal size: '{}' has {} of {} training samples, '{}' has {}; always to answer '{}' is right "
        "in {:.3g} % of them",
        names[largest], counts[largest], train.info().samples, names[smallest], counts[smallest], names[largest],
        100 * share));
}

}  // namespace

std::vector<std::string> advice_on(const Survey& train, const DataOptions& options, bool targets_may_be_scaled) {
  std::vector<std::string> notes;
  advise_on_features(train, options, notes);
  if (targets_may_be_scaled) advise_on_targets(train, options, notes);
  if (train.info().task == Task::classification) advise_on_classes(train, notes);
  return notes;
}

std::string overflow_remedy(Task task, const DataTransform& transform, bool targets_may_be_scaled) {
  const bool features = transform.features == Scaling();
  const bool targets = targets_may_be_scaled && task == Task::regression && transform.targets == Scaling();
  if (!features && !targets) return "lower optimizer.learning_rate, or look for extreme values in the data";
  return fmt::format("set {}{}{}, or lower optimizer.learning_rate", features ? "data.standardize = true" : "",
                     features && targets ? " and " : "", targets ? "data.standardize_targets = true" : "");
}

}  // namespace lockstep
