#include "data/feature_range.hpp"

#include <fmt/ranges.h>

#include <algorithm>

#include "base/vectorized.hpp"

namespace lockstep {

namespace {

/// The name of a feature by its number in OutsideRange.
std::string range_name(const DatasetInfo& info, std::size_t feature) {
  return info.is_image() ? "pixels" : column_names(info)[feature];
}

/// The ranges of the features, one each.
struct Bounds {
  Bounds(std::size_t features, std::span<const FeatureRange> ranges) {
    for (std::size_t i = 0; i < features; ++i) {
      const FeatureRange& range = ranges[ranges.size() == 1 ? 0 : i];
      least.push_back(range.least);
      most.push_back(range.most);
    }
  }

  /// A gap is not outside.
  template <class T>
  [[nodiscard]] bool excludes(T value, std::size_t feature) const {
    return static_cast<double>(value) < least[feature] || static_cast<double>(value) > most[feature];
  }

  std::vector<double> least;
  std::vector<double> most;
};

LOCKSTEP_VECTORIZED bool any_outside(const double* row, std::size_t count, const double* least, const double* most) {
  int any = 0;
  for (std::size_t i = 0; i < count; ++i)
    any |= static_cast<int>(row[i] < least[i]) | static_cast<int>(row[i] > most[i]);
  return any != 0;
}

bool any_outside(std::span<const double> row, const Bounds& bounds) {
  return any_outside(row.data(), row.size(), bounds.least.data(), bounds.most.data());
}

template <class T>
bool any_outside(std::span<const T> row, const Bounds& bounds) {
  for (std::size_t i = 0; i < row.size(); ++i)
    if (bounds.excludes(row[i], i)) return true;
  return false;
}

template <class T>
void find_outside(const std::vector<T>& values, std::size_t features, std::span<const FeatureRange> ranges,
                  OutsideRange& outside) {
  const Bounds bounds(features, ranges);
  for (std::size_t sample = 0; sample < outside.of.size(); ++sample) {
    const std::span row = std::span(values).subspan(sample * features, features);
    if (!any_outside(row, bounds)) continue;
    ++outside.samples;
    std::vector<std::uint32_t>& own = outside.of[sample];
    for (std::size_t i = 0; i < features; ++i) {
      const std::size_t place = ranges.size() == 1 ? 0 : i;
      if (!bounds.excludes(row[i], i) || (!own.empty() && own.back() == place)) continue;
      own.push_back(static_cast<std::uint32_t>(place));
      ++outside.by_feature[place];
    }
  }
}

}  // namespace

std::vector<FeatureRange> feature_ranges(const Survey& train) {
  const DatasetInfo& info = train.info();
  std::vector<FeatureRange> ranges;
  for (const TrainColumn& column : train.features())
    ranges.push_back({column.statistics.least, column.statistics.most});
  for (std::size_t c = 0; c < info.feature_words.size(); ++c)
    if (info.is_of_words(c)) ranges[c] = {0, static_cast<double>(info.feature_words[c].size() - 1)};
  return ranges;
}

OutsideRange outside_ranges(const Dataset& samples, std::span<const FeatureRange> ranges) {
  OutsideRange outside;
  outside.by_feature.resize(ranges.size());
  outside.of.resize(samples.info.samples);
  if (ranges.empty()) return outside;
  with_features(samples, [&](const auto& values) { find_outside(values, samples.info.features(), ranges, outside); });
  return outside;
}

void OutsideRange::count(const OutsideRange& others) {
  samples += others.samples;
  by_feature.resize(others.by_feature.size());
  for (std::size_t i = 0; i < by_feature.size(); ++i) by_feature[i] += others.by_feature[i];
}

std::string note_on(const OutsideRange& outside, const DatasetInfo& info) {
  if (outside.samples == 0) return {};
  constexpr std::size_t kMostShown = 10;
  std::vector<std::string> texts;
  std::size_t more = 0;
  for (std::size_t c = 0; c < outside.by_feature.size(); ++c)
    if (outside.by_feature[c] > 0 && texts.size() < kMostShown)
      texts.push_back(fmt::format("{} in '{}'", outside.by_feature[c], range_name(info, c)));
    else if (outside.by_feature[c] > 0)
      ++more;
  return fmt::format("outside the range of the training samples: {} of {} samples, {}{}", outside.samples, info.samples,
                     fmt::join(texts, ", "), more > 0 ? fmt::format(", and in {} more columns", more) : "");
}

KeptColumn column_of(const OutsideRange& outside, const DatasetInfo& info) {
  std::vector<std::string> names;
  for (std::size_t c = 0; c < outside.by_feature.size(); ++c) names.push_back(range_name(info, c));
  std::vector<std::string> texts;
  for (const std::vector<std::uint32_t>& features : outside.of) {
    std::string& text = texts.emplace_back();
    for (const std::uint32_t feature : features) text += (text.empty() ? "" : ",") + names[feature];
  }
  return {kOutsideColumn, std::move(texts)};
}

}  // namespace lockstep
