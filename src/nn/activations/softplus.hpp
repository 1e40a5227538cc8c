// log(1 + exp(x)): Dugas, Bengio, Bélisle, Nadeau and Garcia, "Incorporating second-order functional knowledge for
// better option pricing", 2001.
#pragma once

#include <string_view>

#include "nn/activations/options.hpp"
#include "tensor/elementary.hpp"

namespace lockstep {

struct Softplus {
  static constexpr std::string_view kName = "softplus";
  static constexpr bool kIsCostly = true;

  explicit Softplus(const ActivationOptions&) {}

  LOCKSTEP_INLINE float operator()(float x) const { return elementary::softplus(x); }
  /// sigmoid(x) = 1 - exp(-y).
  LOCKSTEP_INLINE float derivative_at_output(float y) const { return 0.0F - elementary::expm1(-y); }
};

}  // namespace lockstep
