#include "data/scaling.hpp"

#include <cmath>
#include <cstdint>

namespace lockstep {

namespace {

/// Mean 0 and deviation 1 for each of `columns` columns of `values`, in two passes.
template <class T>
Scaling standard_scaling(std::span<const T> values, std::size_t columns) {
  const std::size_t samples = values.size() / columns;
  const auto rows = static_cast<double>(samples);
  std::vector<double> mean(columns);
  std::vector<double> variance(columns);
  for (std::size_t i = 0; i < values.size(); ++i) mean[i % columns] += static_cast<double>(values[i]);
  for (double& sum : mean) sum /= rows;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double distance = static_cast<double>(values[i]) - mean[i % columns];
    variance[i % columns] += distance * distance;
  }
  Scaling result{std::vector<float>(columns), std::vector<float>(columns)};
  for (std::size_t c = 0; c < columns; ++c) {
    const double deviation = std::sqrt(variance[c] / rows);
    result.shift[c] = static_cast<float>(mean[c]);
    const auto scale = static_cast<float>(1 / deviation);
    result.scale[c] = std::isfinite(scale) ? scale : 1.0F;
  }
  return result;
}

}  // namespace

Scaling feature_scaling(const Dataset& train, bool standardize) {
  const bool image = train.info.feature_shape.size() > 1;
  const std::size_t columns = image ? 1 : train.info.features();
  if (standardize)
    return train.info.bytes ? standard_scaling(train.bytes, columns) : standard_scaling(train.values, columns);
  return train.info.bytes ? Scaling{{0.0F}, {1.0F / 255.0F}} : Scaling{};
}

Scaling target_scaling(const Dataset& train, bool standardize) {
  return standardize ? standard_scaling(train.targets, train.info.outputs()) : Scaling{};
}

}  // namespace lockstep
