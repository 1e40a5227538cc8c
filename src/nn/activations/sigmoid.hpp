// 1 / (1 + exp(-x)): Rumelhart, Hinton and Williams, "Learning representations by back-propagating errors", 1986.
#pragma once

#include <string_view>

#include "nn/activations/options.hpp"
#include "tensor/elementary.hpp"

namespace lockstep {

struct Sigmoid {
  static constexpr std::string_view kName = "sigmoid";
  static constexpr bool kIsCostly = true;

  explicit Sigmoid(const ActivationOptions&) {}

  LOCKSTEP_INLINE float operator()(float x) const { return elementary::sigmoid(x); }
  LOCKSTEP_INLINE float derivative_at_output(float y) const { return y * (1.0F - y); }
};

}  // namespace lockstep
