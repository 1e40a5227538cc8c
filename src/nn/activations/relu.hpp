// max(x, 0): Nair and Hinton, "Rectified linear units improve restricted Boltzmann machines", 2010.
#pragma once

#include <string_view>

#include "base/vectorized.hpp"
#include "nn/activations/options.hpp"

namespace lockstep {

/// At 0 it has the derivative of its negative side, as in PyTorch.
struct Relu {
  static constexpr std::string_view kName = "relu";
  static constexpr bool kIsCostly = false;

  explicit Relu(const ActivationOptions&) {}

  LOCKSTEP_INLINE float operator()(float x) const { return x < 0.0F ? 0.0F : x; }
  LOCKSTEP_INLINE float derivative_at_output(float y) const { return y > 0.0F ? 1.0F : 0.0F; }
};

}  // namespace lockstep
