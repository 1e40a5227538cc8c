// The cross-entropy of each output with a target from 0 to 1, for several labels per sample. Outputs are logits: it is
// PyTorch's BCEWithLogitsLoss.
#pragma once

#include <cmath>
#include <span>
#include <string_view>

#include "nn/losses/options.hpp"
#include "tensor/elementary.hpp"

namespace lockstep {

/// With p = sigmoid(x), -t log(p) - (1 - t) log(1 - p) = max(x, 0) - x t + log(1 + exp(-|x|)), which is stable.
struct BinaryCrossEntropy {
  static constexpr std::string_view kName = "binary_cross_entropy";
  static constexpr TargetRange kTargets = {0, 1};
  static constexpr bool kIsCostly = true;

  explicit BinaryCrossEntropy(const LossOptions&) {}

  LOCKSTEP_INLINE OutputLoss operator()(float x, float target) const {
    const float rest = elementary::log1p(elementary::exp(-std::abs(x)));
    const double linear = (x > 0 ? static_cast<double>(x) : 0.0) - static_cast<double>(x) * static_cast<double>(target);
    return {linear + static_cast<double>(rest), elementary::sigmoid(x) - target};
  }

  static void predict(std::span<float> logits) {
    for (float& logit : logits) logit = elementary::sigmoid(logit);
  }
};

}  // namespace lockstep
