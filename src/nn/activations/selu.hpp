// A scaled ELU, whose outputs tend to mean 0 and variance 1: Klambauer, Unterthiner, Mayr and Hochreiter,
// "Self-normalizing neural networks", 2017, where the two constants are derived.
#pragma once

#include <string_view>

#include "nn/activations/options.hpp"
#include "tensor/elementary.hpp"

namespace lockstep {

struct Selu {
  static constexpr std::string_view kName = "selu";
  static constexpr bool kIsCostly = true;
  static constexpr float kScale = 1.0507009873554805F;
  static constexpr float kScaledAlpha = 1.7580993408473766F;  // 1.6732632423543772 times as much

  explicit Selu(const ActivationOptions&) {}

  LOCKSTEP_INLINE float operator()(float x) const {
    return elementary::select(x > 0.0F, kScale * x, kScaledAlpha * elementary::expm1(x));
  }
  LOCKSTEP_INLINE float derivative_at_output(float y) const {
    return elementary::select(y > 0.0F, kScale, y + kScaledAlpha);
  }
};

}  // namespace lockstep
