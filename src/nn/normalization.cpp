#include "nn/normalization.hpp"

#include <cmath>

#include "base/vectorized.hpp"
#include "tensor/interleaved_sum.hpp"

namespace lockstep {

LOCKSTEP_VECTORIZED void add_sums_and_squares(ConstMatrix values, std::span<double> sums) {
  const std::size_t units = values.cols();
  double* __restrict total = sums.data();
  double* __restrict squares = sums.data() + units;
  for (std::size_t r = 0; r < values.rows(); ++r) {
    const float* row = values.row(r).data();
    LOCKSTEP_INDEPENDENT
    for (std::size_t c = 0; c < units; ++c) {
      const auto value = static_cast<double>(row[c]);
      total[c] += value;
      squares[c] += value * value;
    }
  }
}

LOCKSTEP_VECTORIZED void add_sums_and_products(ConstMatrix delta, ConstMatrix normalized, std::span<double> sums) {
  const std::size_t units = delta.cols();
  double* __restrict total = sums.data();
  double* __restrict products = sums.data() + units;
  for (std::size_t r = 0; r < delta.rows(); ++r) {
    const float* d = delta.row(r).data();
    const float* n = normalized.row(r).data();
    LOCKSTEP_INDEPENDENT
    for (std::size_t c = 0; c < units; ++c) {
      total[c] += static_cast<double>(d[c]);
      products[c] += static_cast<double>(d[c]) * static_cast<double>(n[c]);
    }
  }
}

UnitStatistics::UnitStatistics(std::span<const double> sums, double count) {
  const std::size_t units = sums.size() / 2;
  for (std::size_t c = 0; c < units; ++c) {
    mean.push_back(sums[c] / count);
    variance.push_back(std::max(0.0, sums[units + c] / count - mean[c] * mean[c]));
  }
}

std::vector<float> inverse_deviations(std::span<const double> variance, double epsilon) {
  std::vector<float> inverse;
  for (const double value : variance) inverse.push_back(static_cast<float>(1 / std::sqrt(value + epsilon)));
  return inverse;
}

LOCKSTEP_VECTORIZED void normalize_units(std::span<const float> mean, std::span<const float> inverse,
                                         std::span<const float> scale, Matrix values, Matrix normalized) {
  for (std::size_t r = 0; r < values.rows(); ++r) {
    float* value = values.row(r).data();
    float* n = normalized.row(r).data();
    LOCKSTEP_INDEPENDENT
    for (std::size_t c = 0; c < mean.size(); ++c) {
      const float centered = (value[c] - mean[c]) * inverse[c];
      n[c] = centered;
      value[c] = scale[c] * centered;
    }
  }
}

LOCKSTEP_VECTORIZED void normalize_units_backward(std::span<const double> sums, double count,
                                                  std::span<const float> inverse, std::span<const float> scale,
                                                  ConstMatrix normalized, Matrix delta) {
  const std::size_t units = scale.size();
  std::vector<float> factor(units);
  std::vector<float> mean(units);
  std::vector<float> product(units);
  for (std::size_t c = 0; c < units; ++c) {
    factor[c] = scale[c] * inverse[c];
    mean[c] = static_cast<float>(sums[c] / count);
    product[c] = static_cast<float>(sums[units + c] / count);
  }
  for (std::size_t r = 0; r < delta.rows(); ++r) {
    float* d = delta.row(r).data();
    const float* n = normalized.row(r).data();
    LOCKSTEP_INDEPENDENT
    for (std::size_t c = 0; c < units; ++c) d[c] = factor[c] * ((d[c] - mean[c]) - n[c] * product[c]);
  }
}

LOCKSTEP_VECTORIZED void normalize_rows(double epsilon, std::span<const float> scale, Matrix values, Matrix normalized,
                                        std::span<float> inverse) {
  const std::size_t units = scale.size();
  const auto count = static_cast<double>(units);
  for (std::size_t r = 0; r < values.rows(); ++r) {
    float* value = values.row(r).data();
    float* n = normalized.row(r).data();
    const double mean =
        interleaved_sum(units, [&](std::size_t c) LOCKSTEP_INLINED { return static_cast<double>(value[c]); }) / count;
    const double variance = interleaved_sum(units,
                                            [&](std::size_t c) LOCKSTEP_INLINED {
                                              const double centered = static_cast<double>(value[c]) - mean;
                                              return centered * centered;
                                            }) /
                            count;
    inverse[r] = static_cast<float>(1 / std::sqrt(variance + epsilon));
    const auto center = static_cast<float>(mean);
    const float factor = inverse[r];
    LOCKSTEP_INDEPENDENT
    for (std::size_t c = 0; c < units; ++c) {
      const float centered = (value[c] - center) * factor;
      n[c] = centered;
      value[c] = scale[c] * centered;
    }
  }
}

LOCKSTEP_VECTORIZED void normalize_rows_backward(std::span<const float> inverse, std::span<const float> scale,
                                                 ConstMatrix normalized, Matrix delta) {
  const std::size_t units = scale.size();
  const auto count = static_cast<double>(units);
  for (std::size_t r = 0; r < delta.rows(); ++r) {
    float* d = delta.row(r).data();
    const float* n = normalized.row(r).data();
    LOCKSTEP_INDEPENDENT
    for (std::size_t c = 0; c < units; ++c) d[c] *= scale[c];
    const auto mean = static_cast<float>(
        interleaved_sum(units, [&](std::size_t c) LOCKSTEP_INLINED { return static_cast<double>(d[c]); }) / count);
    const auto product = static_cast<float>(
        interleaved_sum(units, [&](std::size_t c)
                                   LOCKSTEP_INLINED { return static_cast<double>(d[c]) * static_cast<double>(n[c]); }) /
        count);
    const float factor = inverse[r];
    LOCKSTEP_INDEPENDENT
    for (std::size_t c = 0; c < units; ++c) d[c] = factor * ((d[c] - mean) - n[c] * product);
  }
}

LOCKSTEP_VECTORIZED void add_scale_gradient(ConstMatrix delta, ConstMatrix normalized, std::span<float> gradient) {
  for (std::size_t r = 0; r < delta.rows(); ++r) {
    const float* d = delta.row(r).data();
    const float* n = normalized.row(r).data();
    LOCKSTEP_INDEPENDENT
    for (std::size_t c = 0; c < gradient.size(); ++c) gradient[c] += d[c] * n[c];
  }
}

}  // namespace lockstep
