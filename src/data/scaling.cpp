#include "data/scaling.hpp"

#include <cmath>
#include <cstdint>

namespace lockstep {

namespace {

struct Moments {
  std::vector<double> mean;
  std::vector<double> variance;
};

/// Of each of `columns` columns of `values`, in two passes.
Moments moments_of(std::span<const float> values, std::size_t columns) {
  const std::size_t samples = values.size() / columns;
  const auto rows = static_cast<double>(samples);
  Moments moments{std::vector<double>(columns), std::vector<double>(columns)};
  for (std::size_t i = 0; i < values.size(); ++i) moments.mean[i % columns] += static_cast<double>(values[i]);
  for (double& mean : moments.mean) mean /= rows;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double distance = static_cast<double>(values[i]) - moments.mean[i % columns];
    moments.variance[i % columns] += distance * distance;
  }
  for (double& variance : moments.variance) variance /= rows;
  return moments;
}

/// The same of bytes, of which it is enough to count how often each occurs.
Moments moments_of(std::span<const std::uint8_t> values, std::size_t columns) {
  constexpr std::size_t kValues = 256;
  const std::size_t samples = values.size() / columns;
  const auto rows = static_cast<double>(samples);
  std::vector<std::uint32_t> counts(columns * kValues);
  for (auto row = values.begin(); row != values.end(); row += static_cast<std::ptrdiff_t>(columns))
    for (std::size_t c = 0; c < columns; ++c) ++counts[c * kValues + row[static_cast<std::ptrdiff_t>(c)]];
  Moments moments{std::vector<double>(columns), std::vector<double>(columns)};
  for (std::size_t c = 0; c < columns; ++c) {
    const auto sum = [&](auto&& of_value) {
      double result = 0;
      for (std::size_t value = 0; value < kValues; ++value)
        result += counts[c * kValues + value] * of_value(static_cast<double>(value));
      return result / rows;
    };
    moments.mean[c] = sum([](double value) { return value; });
    moments.variance[c] = sum([&](double value) { return (value - moments.mean[c]) * (value - moments.mean[c]); });
  }
  return moments;
}

/// To mean 0 and deviation 1.
Scaling standard_scaling(const Moments& moments) {
  Scaling result{{}, {}};
  for (const double mean : moments.mean) result.shift.push_back(static_cast<float>(mean));
  for (const double variance : moments.variance) {
    const auto scale = static_cast<float>(1 / std::sqrt(variance));
    result.scale.push_back(std::isfinite(scale) ? scale : 1.0F);
  }
  return result;
}

}  // namespace

Scaling feature_scaling(const Dataset& train, bool standardize) {
  const bool image = train.info.feature_shape.size() > 1;
  const std::size_t columns = image ? 1 : train.info.features();
  if (standardize)
    return standard_scaling(train.info.bytes ? moments_of(train.bytes, columns) : moments_of(train.values, columns));
  return train.info.bytes ? Scaling{{0.0F}, {1.0F / 255.0F}} : Scaling{};
}

Scaling target_scaling(const Dataset& train, bool standardize) {
  return standardize ? standard_scaling(moments_of(train.targets, train.info.outputs())) : Scaling{};
}

}  // namespace lockstep
