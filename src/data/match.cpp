#include "data/match.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "data/checks.hpp"

namespace lockstep {

namespace {

using Strings = std::vector<std::string>;

/// Of every row of `width` values those in `columns`, in that order.
template <class T>
void take_columns(std::vector<T>& values, std::size_t width, const std::vector<std::size_t>& columns) {
  std::vector<T> row(width);
  std::size_t to = 0;
  for (std::size_t from = 0; from < values.size(); from += width) {
    std::copy_n(values.begin() + static_cast<std::ptrdiff_t>(from), width, row.begin());
    for (const std::size_t column : columns) values[to++] = row[column];
  }
  values.resize(to);
}

void note_order(DatasetInfo& data, const DatasetInfo& train, const char* what, bool unnamed_here) {
  data.notes.push_back(
      fmt::format("{} of {} are taken in their order, as {} no names for them: it must be that of the training data{}",
                  what, data.source, unnamed_here ? "it has" : "the training data have",
                  train.feature_names.empty() || !unnamed_here ? "" : ", " + list_names(train.feature_names)));
}

}  // namespace

std::vector<std::size_t> places_of(const Strings& names, const Strings& there, const std::string& source,
                                   const std::string& train_source) {
  std::vector<std::size_t> places;
  for (const std::string& name : names) {
    const auto place = std::find(there.begin(), there.end(), name);
    if (place == there.end())
      throw bad_input("{}: there is no column '{}' in it, which the training data, {}, have; its columns are {}",
                      source, name, train_source, list_names(there, name));
    places.push_back(static_cast<std::size_t>(place - there.begin()));
  }
  return places;
}

void match_features(Dataset& data, const DatasetInfo& train) {
  DatasetInfo& info = data.info;
  if (!info.feature_names.empty() && !train.feature_names.empty()) {
    if (info.feature_names == train.feature_names) return;
    const std::vector<std::size_t> columns =
        places_of(train.feature_names, info.feature_names, info.source, train.source);
    take_columns(data.bytes, info.features(), columns);
    take_columns(data.floats, info.features(), columns);
    take_columns(data.values, info.features(), columns);
    info.feature_shape = train.feature_shape;
  } else {
    const bool tables = info.feature_shape.size() == 1 || train.feature_shape.size() == 1;
    if (info.features() != train.features() || !tables || info.is_image() || train.is_image()) return;
    note_order(info, train, "columns", info.feature_names.empty());
    info.feature_shape = train.feature_shape;
  }
  info.feature_names = train.feature_names;
}

void match_targets(Dataset& data, const DatasetInfo& train) {
  DatasetInfo& info = data.info;
  const std::size_t count = info.outputs();
  if (info.task != Task::regression || train.task != Task::regression || count != train.outputs() ||
      info.output_names == train.output_names)
    return;
  const Strings unnamed = default_target_names(count);
  if (info.output_names == unnamed || train.output_names == unnamed)
    note_order(info, train, "targets", info.output_names == unnamed);
  else
    take_columns(data.targets, count, places_of(train.output_names, info.output_names, info.source, train.source));
  info.output_names = train.output_names;
}

std::vector<std::string> default_target_names(std::size_t count) {
  if (count == 1) return {"target"};
  Strings names;
  for (std::size_t i = 0; i < count; ++i) names.push_back(fmt::format("target_{}", i));
  return names;
}

}  // namespace lockstep
