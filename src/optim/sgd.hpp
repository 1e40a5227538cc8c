// Stochastic gradient descent with momentum, Nesterov momentum and weight decay.
#pragma once

#include <span>

#include "optim/options.hpp"

namespace lockstep {

/// Velocities of a smaller size are 0: 2^-100.
inline constexpr float kLeastVelocity = 0x1p-100F;

/// The update, as PyTorch's SGD defines it (Sutskever et al. 2013, with the rate outside of the velocity):
///     g = gradient + weight_decay * parameter
///     velocity = momentum * velocity + g
///     parameter -= rate * velocity                      or, Nesterov, rate * (g + momentum * velocity)
class Sgd {
 public:
  explicit Sgd(const SgdOptions& options);

  /// True when there is momentum, and so a velocity for each parameter, at first 0.
  [[nodiscard]] bool has_velocity() const { return momentum_ > 0; }

  /// One step for some parameters. All spans have their size; without momentum `velocity` is empty.
  void update(std::span<float> parameters, std::span<float> velocity, std::span<const float> gradient,
              float rate) const;

 private:
  float momentum_;
  float weight_decay_;
  bool nesterov_;
};

}  // namespace lockstep
