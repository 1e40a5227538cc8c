// The hyperbolic tangent: LeCun, Bottou, Orr and Müller, "Efficient BackProp", 1998.
#pragma once

#include <string_view>

#include "nn/activations/options.hpp"
#include "tensor/elementary.hpp"

namespace lockstep {

struct Tanh {
  static constexpr std::string_view kName = "tanh";
  static constexpr bool kIsCostly = true;

  explicit Tanh(const ActivationOptions&) {}

  LOCKSTEP_INLINE float operator()(float x) const { return elementary::tanh(x); }
  LOCKSTEP_INLINE float derivative_at_output(float y) const { return 1.0F - y * y; }
};

}  // namespace lockstep
