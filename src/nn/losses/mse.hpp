// The square of the difference, for numbers, and for classes as one-hot rows: it learns the mean.
#pragma once

#include <string_view>

#include "base/vectorized.hpp"
#include "nn/losses/options.hpp"

namespace lockstep {

struct Mse {
  static constexpr std::string_view kName = "mse";
  static constexpr TargetRange kTargets = kAnyTargets;
  static constexpr bool kIsCostly = false;

  explicit Mse(const LossOptions&) {}

  LOCKSTEP_INLINE OutputLoss operator()(float output, float target) const {
    const float difference = output - target;
    return {static_cast<double>(difference) * static_cast<double>(difference), 2.0F * difference};
  }
};

}  // namespace lockstep
