// Adam with a weight decay of its own.
#pragma once

#include "optim/adam.hpp"

namespace lockstep {

/// As PyTorch's AdamW defines it (Loshchilov and Hutter 2019: Decoupled weight decay regularization): parameters first
/// lose the part rate * decay of themselves, and then take the step of Adam without decay.
class AdamW {
 public:
  static constexpr OptimizerTraits kTraits{.name = "adamw",
                                           .uses = {Option::betas, Option::epsilon},
                                           .defaults = {.learning_rate = 0.001, .weight_decay = 0.01}};

  explicit AdamW(const OptimizerOptions& options) : coefficients_(options) {}

  [[nodiscard]] static std::vector<std::string_view> moments() { return Adam::moments(); }
  void begin_step(std::uint64_t step) { coefficients_.begin_step(step); }

  LOCKSTEP_INLINE void update(const Update& update) const {
    const AdamCoefficients c = coefficients_;
    const auto rate = static_cast<float>(static_cast<double>(update.rate) * c.mean_correction);
    const auto kept = static_cast<float>(1 - static_cast<double>(update.rate) * static_cast<double>(update.decay));
    for_each_parameter<2>(update, [=](float& w, float g, float& mean, float& square) {
      c.add(g, mean, square);
      w = kept * w - rate * c.normalized(mean, square);
    });
  }

 private:
  AdamCoefficients coefficients_;
};

}  // namespace lockstep
