#include "data/scaling.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <span>

#include "base/memory.hpp"
#include "data/checks.hpp"

namespace lockstep {

namespace {

/// A copy of one of `columns` columns.
template <class T>
std::vector<double> column_of(const std::vector<T>& values, std::size_t columns, std::size_t column) {
  std::vector<double> result;
  result.reserve(values.size() / columns);
  for (std::size_t i = column; i < values.size(); i += columns) result.push_back(static_cast<double>(values[i]));
  return result;
}

/// The scales of (samples, kinds.size()) values.
template <class T>
Scaling fit(const std::vector<T>& values, const std::vector<Scale>& kinds, double step, const std::string& source) {
  if (std::ranges::count(kinds, Scale{}) == std::ssize(kinds)) return {};
  const std::vector<ColumnStatistics> statistics = statistics_of(std::span(values), kinds.size());
  Scaling result{{}};
  for (std::size_t c = 0; c < kinds.size(); ++c) {
    const auto copy = [&] {
      require_memory(source, values.size() / kinds.size() * sizeof(double));
      return column_of(values, kinds.size(), c);
    };
    if (kinds[c] != Scale{} && is_constant(statistics[c], step)) {
      result.columns.push_back(linear_scale(statistics[c].mean, 0));
      continue;
    }
    const TrainColumn column{statistics[c], copy};
    result.columns.push_back(Scales::visit(kinds[c], [&](auto kind) { return decltype(kind)::type::fit(column); }));
    result.columns.back().kind = kinds[c];
  }
  return result;
}

/// A note on the columns, each a `what`, whose scale is 0; none where there are no such columns.
template <class NameOf>
void note_constants(const Scaling& scaling, const char* what, const char* consequence, NameOf&& name_of,
                    std::vector<std::string>& notes) {
  std::vector<std::string> names;
  for (std::size_t c = 0; c < scaling.columns.size(); ++c)
    if (scaling.columns[c].scale == 0) names.push_back(name_of(c));
  if (names.empty()) return;
  notes.push_back(fmt::format("constant over the training samples, {}: {}{} {}", consequence, what,
                              names.size() > 1 ? "s" : "", list_names(names)));
}

}  // namespace

bool Scaling::is_linear() const {
  return std::ranges::all_of(columns, [](const ColumnScale& column) {
    return Scales::visit(column.kind,
                         [](auto kind) { return std::is_base_of_v<NoScale, typename decltype(kind)::type>; });
  });
}

Scaling feature_scaling(const Dataset& train, const ByColumn<Scale>& kinds) {
  const DatasetInfo& info = train.info;
  const std::vector<Scale> of_columns = kinds.of(column_names(info), "data.scale", info.source);
  if (info.is_image() && info.bytes && of_columns.front() == Scale{}) return {{linear_scale(0, 1.0 / 255.0)}};
  return info.bytes ? fit(train.bytes, of_columns, info.feature_step, info.source)
                    : fit(train.values, of_columns, info.feature_step, info.source);
}

Scaling target_scaling(const Dataset& train, const ByColumn<Scale>& kinds) {
  const DatasetInfo& info = train.info;
  if (info.task == Task::classification) return {};
  return fit(train.targets, kinds.of(info.output_names, "data.scale_targets", info.source), info.target_step,
             info.source);
}

DataTransform fit_transform(const Dataset& train, const DataOptions& options) {
  return {feature_scaling(train, options.scale), target_scaling(train, options.scale_targets)};
}

std::vector<std::string> notes_on(const DataTransform& transform, const DatasetInfo& train) {
  std::vector<std::string> notes;
  if (train.is_image()) {
    if (transform.features.columns.front().scale == 0)
      notes.emplace_back("constant over the training samples, taken as 0: all pixels");
  } else {
    note_constants(
        transform.features, "column", "taken as 0", [names = column_names(train)](std::size_t c) { return names[c]; },
        notes);
  }
  note_constants(
      transform.targets, "target", "so that there is nothing to learn",
      [&](std::size_t c) { return train.output_names[c]; }, notes);
  return notes;
}

std::vector<std::string> column_names(const DatasetInfo& info) {
  if (info.is_image()) return {"all pixels"};
  if (!info.feature_names.empty()) return info.feature_names;
  std::vector<std::string> numbers;
  for (std::size_t c = 0; c < info.features(); ++c) numbers.push_back(std::to_string(c));
  return numbers;
}

std::string feature_name(const DatasetInfo& info, std::size_t feature) {
  return info.feature_names.empty() ? fmt::format("feature {}", feature)
                                    : fmt::format("column '{}'", info.feature_names[feature]);
}

}  // namespace lockstep
