// x sigmoid(x), also called swish: Elfwing, Uchibe and Doya, "Sigmoid-weighted linear units for neural network function
// approximation in reinforcement learning", 2018.
#pragma once

#include <string_view>

#include "nn/activations/options.hpp"
#include "tensor/elementary.hpp"

namespace lockstep {

struct Silu {
  static constexpr std::string_view kName = "silu";
  static constexpr bool kIsCostly = true;

  explicit Silu(const ActivationOptions&) {}

  LOCKSTEP_INLINE float operator()(float x) const { return x * elementary::sigmoid(x); }
  LOCKSTEP_INLINE float derivative_at_input(float x) const {
    const float s = elementary::sigmoid(x);
    return s * (1.0F + x * (1.0F - s));
  }
};

}  // namespace lockstep
