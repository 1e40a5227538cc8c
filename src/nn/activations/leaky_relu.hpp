// x, and below 0 a small multiple of it: Maas, Hannun and Ng, "Rectifier nonlinearities improve neural network acoustic
// models", 2013.
#pragma once

#include <string_view>

#include "base/vectorized.hpp"
#include "nn/activations/options.hpp"

namespace lockstep {

/// At 0 it has the derivative of its negative side, as in PyTorch.
struct LeakyRelu {
  static constexpr std::string_view kName = "leaky_relu";
  static constexpr bool kIsCostly = false;

  explicit LeakyRelu(const ActivationOptions& options) : slope(static_cast<float>(options.leaky_slope)) {}

  LOCKSTEP_INLINE float operator()(float x) const { return x < 0.0F ? slope * x : x; }
  LOCKSTEP_INLINE float derivative_at_output(float y) const { return y > 0.0F ? 1.0F : slope; }

  float slope;
};

}  // namespace lockstep
