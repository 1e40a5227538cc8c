// x itself: a layer that is linear.
#pragma once

#include <string_view>

#include "base/vectorized.hpp"
#include "nn/activations/options.hpp"

namespace lockstep {

struct Identity {
  static constexpr std::string_view kName = "identity";
  static constexpr bool kIsCostly = false;

  explicit Identity(const ActivationOptions&) {}

  LOCKSTEP_INLINE float operator()(float x) const { return x; }
  LOCKSTEP_INLINE float derivative_at_output(float) const { return 1.0F; }
};

}  // namespace lockstep
