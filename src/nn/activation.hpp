// Activation functions and their derivatives.
#pragma once

#include <span>

#include "nn/activations/options.hpp"
#include "tensor/matrix.hpp"

namespace lockstep {

/// sums = activation(sums + bias), shapes (batch, units) and (units).
void add_bias_and_activate(Activation activation, const ActivationOptions& options, std::span<const float> bias,
                           Matrix sums);

/// True for an activation whose outputs do not say its derivative: it is taken from its inputs, sums + bias.
bool has_derivative_at_input(Activation activation);

/// inputs = sums + bias, for such an activation. Shapes (batch, units) and (units).
void keep_inputs(std::span<const float> bias, ConstMatrix sums, Matrix inputs);

/// delta = delta * activation'(...), the derivative being taken `at` the activation's outputs, or at its inputs where
/// has_derivative_at_input(), shapes (batch, units). On the way, delta's rows are added to `sums`, the first first,
/// shape (units), and the result is the largest size of its elements, as of largest().
float multiply_by_derivative(Activation activation, const ActivationOptions& options, ConstMatrix at, Matrix delta,
                             std::span<float> sums);

}  // namespace lockstep
