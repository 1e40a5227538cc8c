// LARS: SGD with momentum and a rate for each layer, for large batches.
#pragma once

#include "optim/update.hpp"

namespace lockstep {

/// You, Gitman and Ginsburg 2017: Large batch training of convolutional networks, algorithm 1:
///     trust = trust_coefficient * |parameters of the layer| / (|gradient of the layer| + decay * |parameters|)
///     velocity = momentum * velocity + rate * trust * (gradient + decay * parameter)
///     parameter -= velocity
class Lars {
 public:
  static constexpr OptimizerTraits kTraits{.name = "lars",
                                           .uses = {Option::momentum, Option::trust_coefficient},
                                           .defaults = {.learning_rate = 1, .momentum = 0.9}};

  explicit Lars(const OptimizerOptions& options)
      : momentum_(static_cast<float>(options.momentum)), trust_coefficient_(options.trust_coefficient) {}

  [[nodiscard]] static std::vector<std::string_view> moments() { return {"velocity"}; }

  /// The first pass: it is the gradient of which the norm counts.
  LOCKSTEP_INLINE void measure(const Update& update, std::span<float> directions) const {
    const float* gradient = update.gradient.data();
    float* to = directions.data();
    LOCKSTEP_INDEPENDENT
    for (std::size_t i = 0; i < directions.size(); ++i) to[i] = gradient[i];
  }

  [[nodiscard]] double trust(double parameters, double gradient, float decay) const {
    const double size = gradient + static_cast<double>(decay) * parameters;
    return parameters > 0 && size > 0 ? trust_coefficient_ * parameters / size : 1;
  }

  /// The second pass.
  LOCKSTEP_INLINE void update(const Update& update) const {
    const float rate = update.rate * update.trust;
    const float decay = update.decay;
    const float momentum = momentum_;
    for_each_parameter<1>(update, [=](float& w, float g, float& velocity) {
      velocity = without_dust(momentum * velocity + rate * (g + decay * w));
      w -= velocity;
    });
  }

 private:
  float momentum_;
  double trust_coefficient_;
};

}  // namespace lockstep
