// Half the square of small differences, linear in large ones: Huber, "Robust estimation of a location parameter", 1964,
// as PyTorch's HuberLoss.
#pragma once

#include <algorithm>
#include <cmath>
#include <string_view>

#include "base/vectorized.hpp"
#include "nn/losses/options.hpp"

namespace lockstep {

/// d^2 / 2 where the difference d is at most delta in size, else delta (|d| - delta / 2).
struct Huber {
  static constexpr std::string_view kName = "huber";
  static constexpr TargetRange kTargets = kAnyTargets;
  static constexpr bool kIsCostly = false;

  explicit Huber(const LossOptions& options) : delta(options.huber_delta) {}

  LOCKSTEP_INLINE OutputLoss operator()(float output, float target) const {
    const float difference = output - target;
    const auto limit = static_cast<float>(delta);
    const double size = std::abs(static_cast<double>(difference));
    return {size <= delta ? 0.5 * size * size : delta * (size - 0.5 * delta), std::clamp(difference, -limit, limit)};
  }

  double delta;
};

}  // namespace lockstep
