// The size of the difference: it learns the median, and bears targets that are far off.
#pragma once

#include <cmath>
#include <string_view>

#include "base/vectorized.hpp"
#include "nn/losses/options.hpp"

namespace lockstep {

/// Its derivative at 0 is 0, as in PyTorch.
struct Mae {
  static constexpr std::string_view kName = "mae";
  static constexpr TargetRange kTargets = kAnyTargets;
  static constexpr bool kIsCostly = false;

  explicit Mae(const LossOptions&) {}

  LOCKSTEP_INLINE OutputLoss operator()(float output, float target) const {
    const float difference = output - target;
    const float sign = difference > 0.0F ? 1.0F : -1.0F;
    return {std::abs(static_cast<double>(difference)), difference == 0.0F ? 0.0F : sign};
  }
};

}  // namespace lockstep
