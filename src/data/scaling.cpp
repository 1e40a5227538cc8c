#include "data/scaling.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>

#include "data/checks.hpp"

namespace lockstep {

namespace {

/// Of one column over the training samples.
struct Moments {
  double mean = 0;
  double deviation = 0;
  double least = 0;
  double most = 0;
};

/// Of each of `columns` columns, in two passes. Distances are taken from the first row and then from the mean, so that
/// large numbers with a small spread keep their digits, and are squared as parts of the largest, so that none
/// overflows.
std::vector<Moments> moments_of(std::span<const double> values, std::size_t columns) {
  const std::size_t rows = values.size() / columns;
  const auto count = static_cast<double>(rows);
  const auto for_each = [&](auto&& use) {
    for (std::size_t row = 0; row < rows; ++row)
      for (std::size_t c = 0; c < columns; ++c) use(c, values[row * columns + c]);
  };
  std::vector<Moments> moments(columns);
  for (std::size_t c = 0; c < columns; ++c) moments[c].least = moments[c].most = values[c];
  for_each([&](std::size_t c, double value) {
    Moments& of = moments[c];
    of.mean += value - values[c];
    of.least = std::min(of.least, value);
    of.most = std::max(of.most, value);
  });
  for (std::size_t c = 0; c < columns; ++c) moments[c].mean = values[c] + moments[c].mean / count;

  std::vector<double> unit;  // the largest distance
  for (const Moments& of : moments) unit.push_back(std::max(of.most - of.mean, of.mean - of.least));
  std::vector<double> sums(columns);
  std::vector<double> squares(columns);
  for_each([&](std::size_t c, double value) {
    if (unit[c] == 0) return;
    const double distance = (value - moments[c].mean) / unit[c];
    sums[c] += distance;  // what rounding has left of the mean
    squares[c] += distance * distance;
  });
  for (std::size_t c = 0; c < columns; ++c) {
    moments[c].mean += unit[c] * (sums[c] / count);
    moments[c].deviation = unit[c] * std::sqrt((squares[c] - sums[c] * sums[c] / count) / count);
  }
  return moments;
}

/// The same of bytes, of which it is enough to count how often each occurs.
std::vector<Moments> moments_of(std::span<const std::uint8_t> values, std::size_t columns) {
  constexpr std::size_t kValues = 256;
  const std::size_t samples = values.size() / columns;
  const auto rows = static_cast<double>(samples);
  std::vector<std::uint32_t> counts(columns * kValues);
  for (auto row = values.begin(); row != values.end(); row += static_cast<std::ptrdiff_t>(columns))
    for (std::size_t c = 0; c < columns; ++c) ++counts[c * kValues + row[static_cast<std::ptrdiff_t>(c)]];
  std::vector<Moments> moments;
  for (std::size_t c = 0; c < columns; ++c) {
    const auto of_column = std::span(counts).subspan(c * kValues, kValues);
    const auto mean_of = [&](auto&& of_value) {
      double result = 0;
      for (std::size_t value = 0; value < kValues; ++value)
        result += of_column[value] * of_value(static_cast<double>(value));
      return result / rows;
    };
    const auto occurs = [](std::uint32_t count) { return count > 0; };
    const double mean = mean_of([](double value) { return value; });
    const double variance = mean_of([mean](double value) { return (value - mean) * (value - mean); });
    const auto least = std::find_if(of_column.begin(), of_column.end(), occurs) - of_column.begin();
    const auto above = std::find_if(of_column.rbegin(), of_column.rend(), occurs).base() - of_column.begin();
    moments.push_back({mean, std::sqrt(variance), static_cast<double>(least), static_cast<double>(above - 1)});
  }
  return moments;
}

/// What the last digits of a sum or a conversion make different is no difference. `step` is that of the file's type.
bool is_constant(const Moments& moments, double step) {
  constexpr double kSteps = 8;
  const double magnitude = std::max(std::abs(moments.least), std::abs(moments.most));
  return moments.most - moments.least <= kSteps * step * magnitude;
}

/// To mean 0 and deviation 1.
Scaling standard_scaling(const std::vector<Moments>& columns, double step) {
  Scaling result{{}, {}};
  for (const Moments& column : columns) {
    const double scale = 1 / column.deviation;
    result.shift.push_back(column.mean);
    result.scale.push_back(is_constant(column, step) || !std::isfinite(scale) ? 0.0 : scale);
  }
  return result;
}

/// A note on the columns, each a `what`, whose scale is 0; none where there are no such columns.
template <class NameOf>
void note_constants(const Scaling& scaling, const char* what, const char* consequence, NameOf&& name_of,
                    std::vector<std::string>& notes) {
  std::vector<std::string> names;
  for (std::size_t c = 0; c < scaling.scale.size(); ++c)
    if (scaling.scale[c] == 0) names.push_back(name_of(c));
  if (names.empty()) return;
  notes.push_back(fmt::format("constant over the training samples, {}: {}{} {}", consequence, what,
                              names.size() > 1 ? "s" : "", list_names(names)));
}

}  // namespace

Scaling feature_scaling(const Dataset& train, bool standardize) {
  const bool image = train.info.is_image();
  const std::size_t columns = image ? 1 : train.info.features();
  if (standardize)
    return standard_scaling(
        train.info.bytes ? moments_of(std::span(train.bytes), columns) : moments_of(std::span(train.values), columns),
        train.info.feature_step);
  return image && train.info.bytes ? Scaling{{0.0}, {1.0 / 255.0}} : Scaling{};
}

Scaling target_scaling(const Dataset& train, bool standardize) {
  if (!standardize || train.info.task == Task::classification) return {};
  return standard_scaling(moments_of(std::span(train.targets), train.info.outputs()), train.info.target_step);
}

DataTransform fit_transform(const Dataset& train, const DataOptions& options) {
  return {feature_scaling(train, options.standardize), target_scaling(train, options.standardize_targets)};
}

std::vector<std::string> notes_on(const DataTransform& transform, const DatasetInfo& train) {
  std::vector<std::string> notes;
  if (train.is_image()) {
    if (transform.features.scale.front() == 0)
      notes.emplace_back("constant over the training samples, taken as 0: all pixels");
  } else {
    note_constants(
        transform.features, "column", "taken as 0",
        [&](std::size_t c) { return train.feature_names.empty() ? std::to_string(c) : train.feature_names[c]; }, notes);
  }
  note_constants(
      transform.targets, "target", "so that there is nothing to learn",
      [&](std::size_t c) { return train.output_names[c]; }, notes);
  return notes;
}

std::string feature_name(const DatasetInfo& info, std::size_t feature) {
  return info.feature_names.empty() ? fmt::format("feature {}", feature)
                                    : fmt::format("column '{}'", info.feature_names[feature]);
}

}  // namespace lockstep
