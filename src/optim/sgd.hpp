// Stochastic gradient descent with momentum, Nesterov momentum and weight decay.
#pragma once

#include "optim/update.hpp"

namespace lockstep {

/// As PyTorch's SGD defines it (Sutskever et al. 2013, with the rate outside of the velocity):
///     g = gradient + decay * parameter
///     velocity = momentum * velocity + g
///     parameter -= rate * velocity                      or, Nesterov, rate * (g + momentum * velocity)
class Sgd {
 public:
  static constexpr OptimizerTraits kTraits{.name = "sgd", .uses = {Option::momentum, Option::nesterov}};

  explicit Sgd(const OptimizerOptions& options)
      : momentum_(static_cast<float>(options.momentum)), nesterov_(options.nesterov) {}

  [[nodiscard]] std::vector<std::string_view> moments() const {
    return momentum_ > 0 ? std::vector<std::string_view>{"velocity"} : std::vector<std::string_view>{};
  }

  LOCKSTEP_INLINE void update(const Update& update) const {
    const float rate = update.rate;
    const float decay = update.decay;
    const float momentum = momentum_;
    if (momentum <= 0)
      for_each_parameter<0>(update, [=](float& w, float g) { w -= rate * (g + decay * w); });
    else if (nesterov_)
      for_each_parameter<1>(update, [=](float& w, float gradient, float& velocity) {
        const float g = gradient + decay * w;
        velocity = without_dust(momentum * velocity + g);
        w -= rate * (g + momentum * velocity);
      });
    else
      for_each_parameter<1>(update, [=](float& w, float g, float& velocity) {
        velocity = without_dust(momentum * velocity + (g + decay * w));
        w -= rate * velocity;
      });
  }

 private:
  float momentum_;
  bool nesterov_;
};

}  // namespace lockstep
