// Small data sets in memory, for tests of what is made of them.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "data/dataset.hpp"
#include "data/scaling.hpp"

namespace lockstep {

/// Images, which have a shape and the classes "a", "b" and "c".
inline Dataset images_of(std::vector<std::uint64_t> shape, std::vector<std::uint8_t> bytes,
                         std::vector<std::int32_t> labels = {}) {
  DatasetInfo info;
  info.feature_shape = std::move(shape);
  info.samples = bytes.size() / info.features();
  info.bytes = true;
  info.output_names = {"a", "b", "c"};
  Samples samples;
  samples.bytes = std::move(bytes);
  samples.labels = std::move(labels);
  return make_dataset(std::move(info), std::move(samples));
}

/// A table with two targets, "x" and "y".
inline Dataset table_of(std::uint64_t columns, std::vector<double> values, std::vector<double> targets = {}) {
  DatasetInfo info;
  info.task = Task::regression;
  info.samples = values.size() / columns;
  info.feature_shape = {columns};
  info.output_names = {"x", "y"};
  Samples samples;
  samples.values = std::move(values);
  samples.targets = std::move(targets);
  return make_dataset(std::move(info), std::move(samples));
}

/// Scales without curves, one a column.
inline Scaling linear(const std::vector<double>& shifts, const std::vector<double>& scales) {
  Scaling result{{}};
  for (std::size_t c = 0; c < shifts.size(); ++c) result.columns.push_back(linear_scale(shifts[c], scales[c]));
  return result;
}

}  // namespace lockstep
