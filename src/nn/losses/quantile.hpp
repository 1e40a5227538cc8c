// The pinball loss, which learns a quantile of the targets: Koenker and Bassett, "Regression quantiles", 1978.
#pragma once

#include <string_view>

#include "base/vectorized.hpp"
#include "nn/losses/options.hpp"

namespace lockstep {

/// q (target - output) where the output is too small, else (1 - q) (output - target). Its derivative at 0 is 0.
struct Quantile {
  static constexpr std::string_view kName = "quantile";
  static constexpr TargetRange kTargets = kAnyTargets;
  static constexpr bool kIsCostly = false;

  explicit Quantile(const LossOptions& options) : q(options.quantile) {}

  LOCKSTEP_INLINE OutputLoss operator()(float output, float target) const {
    const float difference = output - target;
    const double slope = difference > 0.0F ? 1 - q : -q;
    return {slope * static_cast<double>(difference), difference == 0.0F ? 0.0F : static_cast<float>(slope)};
  }

  double q;
};

}  // namespace lockstep
