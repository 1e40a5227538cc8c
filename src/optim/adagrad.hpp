// Adagrad: a rate for each parameter, by the sum of the squares of its gradients.
#pragma once

#include "optim/update.hpp"

namespace lockstep {

/// As PyTorch's Adagrad defines it (Duchi, Hazan and Singer 2011: Adaptive subgradient methods):
///     g = gradient + decay * parameter
///     squares = squares + g^2
///     parameter -= rate * g / (sqrt(squares) + epsilon)
class Adagrad {
 public:
  static constexpr OptimizerTraits kTraits{
      .name = "adagrad", .uses = {Option::epsilon}, .defaults = {.learning_rate = 0.01, .epsilon = 1e-10}};

  explicit Adagrad(const OptimizerOptions& options) : epsilon_(static_cast<float>(options.epsilon)) {}

  [[nodiscard]] static std::vector<std::string_view> moments() { return {"squares"}; }

  LOCKSTEP_INLINE void update(const Update& update) const {
    const float rate = update.rate;
    const float decay = update.decay;
    const float epsilon = epsilon_;
    for_each_parameter<1>(update, [=](float& w, float gradient, float& squares) {
      const float g = gradient + decay * w;
      squares = without_dust(squares + g * g);
      w -= rate * (g / (std::sqrt(squares) + epsilon));
    });
  }

 private:
  float epsilon_;
};

}  // namespace lockstep
