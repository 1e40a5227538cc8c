// Adam: a rate for each parameter, by the mean and the mean square of its gradients.
#pragma once

#include "optim/update.hpp"
#include "tensor/elementary.hpp"

namespace lockstep {

/// What Adam and its like have in common.
struct AdamCoefficients {
  explicit AdamCoefficients(const OptimizerOptions& options)
      : beta1(options.beta1),
        beta2(options.beta2),
        mean_weight(static_cast<float>(1 - options.beta1)),
        square_kept(static_cast<float>(options.beta2)),
        square_weight(static_cast<float>(1 - options.beta2)),
        epsilon(static_cast<float>(options.epsilon)) {}

  /// Moments begin at 0, and after few gradients are still near to it: what corrects that.
  void begin_step(std::uint64_t step) {
    mean_correction = 1 / (1 - elementary::power(beta1, step));
    root_correction = static_cast<float>(1 / std::sqrt(1 - elementary::power(beta2, step)));
  }

  /// The moments take a gradient in.
  LOCKSTEP_INLINE void add(float g, float& mean, float& square) const {
    mean = without_dust(mean + mean_weight * (g - mean));
    square = without_dust(square_kept * square + square_weight * g * g);
  }

  /// `mean` on the scale of the gradients' size.
  LOCKSTEP_INLINE float normalized(float mean, float square) const {
    return mean / (std::sqrt(square) * root_correction + epsilon);
  }

  double beta1;
  double beta2;
  float mean_weight;
  float square_kept;
  float square_weight;
  float epsilon;
  double mean_correction = 1;
  float root_correction = 1;
};

/// As PyTorch's Adam defines it (Kingma and Ba 2015: Adam: a method for stochastic optimization):
///     g = gradient + decay * parameter
///     mean = beta1 * mean + (1 - beta1) * g
///     square = beta2 * square + (1 - beta2) * g^2
///     parameter -= rate * mean / (1 - beta1^step) / (sqrt(square / (1 - beta2^step)) + epsilon)
class Adam {
 public:
  static constexpr OptimizerTraits kTraits{
      .name = "adam", .uses = {Option::betas, Option::epsilon}, .defaults = {.learning_rate = 0.001}};

  explicit Adam(const OptimizerOptions& options) : coefficients_(options) {}

  [[nodiscard]] static std::vector<std::string_view> moments() { return {"mean", "square"}; }
  void begin_step(std::uint64_t step) { coefficients_.begin_step(step); }

  LOCKSTEP_INLINE void update(const Update& update) const {
    const AdamCoefficients c = coefficients_;
    const auto rate = static_cast<float>(static_cast<double>(update.rate) * c.mean_correction);
    const float decay = update.decay;
    for_each_parameter<2>(update, [=](float& w, float g, float& mean, float& square) {
      c.add(g + decay * w, mean, square);
      w -= rate * c.normalized(mean, square);
    });
  }

 private:
  AdamCoefficients coefficients_;
};

}  // namespace lockstep
