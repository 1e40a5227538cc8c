// x, and below 0 alpha (exp(x) - 1): Clevert, Unterthiner and Hochreiter, "Fast and accurate deep network learning by
// exponential linear units (ELUs)", 2016.
#pragma once

#include <string_view>

#include "nn/activations/options.hpp"
#include "tensor/elementary.hpp"

namespace lockstep {

struct Elu {
  static constexpr std::string_view kName = "elu";
  static constexpr bool kIsCostly = true;

  explicit Elu(const ActivationOptions& options) : alpha(static_cast<float>(options.elu_alpha)) {}

  LOCKSTEP_INLINE float operator()(float x) const {
    return elementary::select(x > 0.0F, x, alpha * elementary::expm1(x));
  }
  LOCKSTEP_INLINE float derivative_at_output(float y) const { return elementary::select(y > 0.0F, 1.0F, y + alpha); }

  float alpha;
};

}  // namespace lockstep
