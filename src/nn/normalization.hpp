// Normalization of a layer's sums, before its activation: over the samples of a batch, or over the units of a layer.
#pragma once

#include <span>
#include <vector>

#include "base/partition.hpp"
#include "tensor/aligned_buffer.hpp"
#include "tensor/matrix.hpp"

namespace lockstep {

// Batch normalization: Ioffe and Szegedy 2015. Statistics of a slice alone: Hoffer, Hubara and Soudry 2017, "Train
// longer, generalize better". Layer normalization: Ba, Kiros and Hinton 2016. Each is
//     normalized = (sum - mean) / sqrt(variance + epsilon)        result = scale * normalized
// with the variance about the mean divided by the count; the bias is added after it.

/// sums += the rows of `values`, and behind them the rows of their squares, the first row first. Shapes (rows, units)
/// and (2 units).
void add_sums_and_squares(ConstMatrix values, std::span<double> sums);

/// The same of the rows of `delta` and of `delta` times `normalized`.
void add_sums_and_products(ConstMatrix delta, ConstMatrix normalized, std::span<double> sums);

/// Mean and variance of units, of sums over `count` samples as add_sums_and_squares() makes them.
struct UnitStatistics {
  UnitStatistics(std::span<const double> sums, double count);

  std::vector<double> mean;
  std::vector<double> variance;
};

/// values = scale * normalized, where normalized = (values - mean) * inverse. Shapes (rows, units) and (units). They
/// may be the same memory.
void normalize_units(std::span<const float> mean, std::span<const float> inverse, std::span<const float> scale,
                     Matrix values, Matrix normalized);

/// The way back: delta = scale * inverse * (delta - mean(delta) - normalized * mean(delta * normalized)), where `sums`
/// are those of add_sums_and_products() over `count` samples.
void normalize_units_backward(std::span<const double> sums, double count, std::span<const float> inverse,
                              std::span<const float> scale, ConstMatrix normalized, Matrix delta);

/// The same with mean and variance of each row. The factors 1 / sqrt(variance + epsilon) are left in `inverse`, (rows).
void normalize_rows(double epsilon, std::span<const float> scale, Matrix values, Matrix normalized,
                    std::span<float> inverse);
void normalize_rows_backward(std::span<const float> inverse, std::span<const float> scale, ConstMatrix normalized,
                             Matrix delta);

/// gradient += the rows of delta * normalized, the first row first: that of the scale. Shapes (rows, units), (units).
void add_scale_gradient(ConstMatrix delta, ConstMatrix normalized, std::span<float> gradient);

/// 1 / sqrt(variance + epsilon)
std::vector<float> inverse_deviations(std::span<const double> variance, double epsilon);

/// What a normalized layer keeps in training from the forward pass to the backward pass.
struct NormalizedLayer {
  AlignedBuffer normalized;    // (rows, units)
  std::vector<float> inverse;  // a row each, a unit each, or a unit of a slice each
  std::vector<double> sums;    // of slices, of which each has two numbers per unit
};

}  // namespace lockstep
