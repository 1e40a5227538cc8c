// For counts: the negative log likelihood of a Poisson distribution whose mean is exp(output), without the part that no
// output changes. It is PyTorch's PoissonNLLLoss.
#pragma once

#include <span>
#include <string_view>

#include "nn/losses/options.hpp"
#include "tensor/elementary.hpp"

namespace lockstep {

/// exp(output) - target output.
struct Poisson {
  static constexpr std::string_view kName = "poisson";
  static constexpr TargetRange kTargets = {0, kUnbounded};
  static constexpr bool kIsCostly = true;

  explicit Poisson(const LossOptions&) {}

  LOCKSTEP_INLINE OutputLoss operator()(float output, float target) const {
    const float mean = elementary::exp(output);
    return {static_cast<double>(mean) - static_cast<double>(target) * static_cast<double>(output), mean - target};
  }

  static void predict(std::span<float> outputs) {
    for (float& output : outputs) output = elementary::exp(output);
  }
};

}  // namespace lockstep
