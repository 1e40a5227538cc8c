#include "nn/activation.hpp"

#include <cmath>

#include "base/vectorized.hpp"

namespace lockstep {

namespace {

template <class Function>
LOCKSTEP_INLINE void activate_with(std::span<const float> bias, Matrix sums, Function function) {
  for (std::size_t r = 0; r < sums.rows(); ++r) {
    const std::span<float> row = sums.row(r);
    for (std::size_t c = 0; c < row.size(); ++c) row[c] = function(row[c] + bias[c]);
  }
}

template <class Derivative>
LOCKSTEP_INLINE void multiply_with(ConstMatrix outputs, Matrix delta, Derivative derivative) {
  for (std::size_t r = 0; r < delta.rows(); ++r) {
    const std::span<const float> y = outputs.row(r);
    const std::span<float> d = delta.row(r);
    for (std::size_t c = 0; c < d.size(); ++c) d[c] *= derivative(y[c]);
  }
}

}  // namespace

LOCKSTEP_VECTORIZED void add_bias_and_activate(Activation activation, std::span<const float> bias, Matrix sums) {
  switch (activation) {
    case Activation::identity:
      return activate_with(bias, sums, [](float x) { return x; });
    case Activation::sigmoid:
      return activate_with(bias, sums, [](float x) { return 1.0F / (1.0F + std::exp(-x)); });
    case Activation::tanh:
      return activate_with(bias, sums, [](float x) { return std::tanh(x); });
    case Activation::relu:
      return activate_with(bias, sums, [](float x) { return x < 0.0F ? 0.0F : x; });
    case Activation::leaky_relu:
      return activate_with(bias, sums, [](float x) { return x < 0.0F ? kLeakySlope * x : x; });
  }
}

LOCKSTEP_VECTORIZED void multiply_by_derivative(Activation activation, ConstMatrix outputs, Matrix delta) {
  switch (activation) {
    case Activation::identity:
      return;
    case Activation::sigmoid:
      return multiply_with(outputs, delta, [](float y) { return y * (1.0F - y); });
    case Activation::tanh:
      return multiply_with(outputs, delta, [](float y) { return 1.0F - y * y; });
    case Activation::relu:
      return multiply_with(outputs, delta, [](float y) { return y > 0.0F ? 1.0F : 0.0F; });
    case Activation::leaky_relu:
      return multiply_with(outputs, delta, [](float y) { return y > 0.0F ? 1.0F : kLeakySlope; });
  }
}

}  // namespace lockstep
