// RMSprop: a rate for each parameter, by the mean square of its gradients.
#pragma once

#include "optim/update.hpp"

namespace lockstep {

/// As PyTorch's RMSprop defines it (Tieleman and Hinton 2012, lecture 6.5), where rho is called alpha:
///     g = gradient + decay * parameter
///     square = rho * square + (1 - rho) * g^2
///     velocity = momentum * velocity + g / (sqrt(square) + epsilon)
///     parameter -= rate * velocity
class RmsProp {
 public:
  static constexpr OptimizerTraits kTraits{
      .name = "rmsprop", .uses = {Option::momentum, Option::rho, Option::epsilon}, .defaults = {.learning_rate = 0.01}};

  explicit RmsProp(const OptimizerOptions& options)
      : kept_(static_cast<float>(options.rho)),
        weight_(static_cast<float>(1 - options.rho)),
        epsilon_(static_cast<float>(options.epsilon)),
        momentum_(static_cast<float>(options.momentum)) {}

  [[nodiscard]] std::vector<std::string_view> moments() const {
    return momentum_ > 0 ? std::vector<std::string_view>{"square", "velocity"}
                         : std::vector<std::string_view>{"square"};
  }

  LOCKSTEP_INLINE void update(const Update& update) const {
    const float rate = update.rate;
    const float decay = update.decay;
    const float momentum = momentum_;
    const auto step_of = [kept = kept_, weight = weight_, epsilon = epsilon_](float g, float& square) {
      square = without_dust(kept * square + weight * g * g);
      return g / (std::sqrt(square) + epsilon);
    };
    if (momentum <= 0)
      for_each_parameter<1>(update,
                            [=](float& w, float g, float& square) { w -= rate * step_of(g + decay * w, square); });
    else
      for_each_parameter<2>(update, [=](float& w, float g, float& square, float& velocity) {
        velocity = without_dust(momentum * velocity + step_of(g + decay * w, square));
        w -= rate * velocity;
      });
  }

 private:
  float kept_;
  float weight_;
  float epsilon_;
  float momentum_;
};

}  // namespace lockstep
