// Activation functions and their derivatives.
#pragma once

#include <span>

#include "nn/options.hpp"
#include "tensor/matrix.hpp"

namespace lockstep {

/// Slope of leaky ReLU for negative inputs: Maas, Hannun and Ng, "Rectifier nonlinearities improve neural network
/// acoustic models", 2013.
inline constexpr float kLeakySlope = 0.01F;

/// sums = activation(sums + bias), shapes (batch, units) and (units).
void add_bias_and_activate(Activation activation, std::span<const float> bias, Matrix sums);

/// delta = delta * activation'(...), the derivative being taken from the activation's `outputs`, shapes (batch, units).
/// At their kink ReLU and leaky ReLU have the derivative of their negative side. On the way, delta's rows are
/// added to `sums`, the first first, shape (units), and the result is the largest size of its elements, as of
/// largest().
float multiply_by_derivative(Activation activation, ConstMatrix outputs, Matrix delta, std::span<float> sums);

}  // namespace lockstep
