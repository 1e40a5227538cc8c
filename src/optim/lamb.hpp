// LAMB: Adam's directions, with a rate for each layer, for large batches.
#pragma once

#include "optim/adam.hpp"

namespace lockstep {

/// You et al. 2020: Large batch optimization for deep learning, algorithm 2, moments as Adam's without decay:
///     direction = mean / (1 - beta1^step) / (sqrt(square / (1 - beta2^step)) + epsilon) + decay * parameter
///     parameter -= rate * trust * direction, where trust = |parameters of the layer| / |direction of the layer|
class Lamb {
 public:
  static constexpr OptimizerTraits kTraits{
      .name = "lamb", .uses = {Option::betas, Option::epsilon}, .defaults = {.learning_rate = 0.001, .epsilon = 1e-6}};

  explicit Lamb(const OptimizerOptions& options) : coefficients_(options) {}

  [[nodiscard]] static std::vector<std::string_view> moments() { return Adam::moments(); }
  void begin_step(std::uint64_t step) { coefficients_.begin_step(step); }

  /// The first pass: the moments take the gradient in, and directions are written to `directions`.
  LOCKSTEP_INLINE void measure(const Update& update, std::span<float> directions) const {
    const AdamCoefficients c = coefficients_;
    for_each_parameter<2>(update, [=](float&, float g, float& mean, float& square) { c.add(g, mean, square); });
    const float* mean = update.moments[0];
    const float* square = update.moments[1];
    const float* w = update.parameters.data();
    const float decay = update.decay;
    float* to = directions.data();
    LOCKSTEP_INDEPENDENT
    for (std::size_t i = 0; i < directions.size(); ++i) to[i] = direction(c, mean[i], square[i], decay, w[i]);
  }

  [[nodiscard]] static double trust(double parameters, double directions, float) {
    return parameters > 0 && directions > 0 ? parameters / directions : 1;
  }

  /// The second pass.
  LOCKSTEP_INLINE void update(const Update& update) const {
    const AdamCoefficients c = coefficients_;
    const float rate = update.rate * update.trust;
    const float decay = update.decay;
    for_each_parameter<2>(update, [=](float& w, float, const float& mean, const float& square) {
      w -= rate * direction(c, mean, square, decay, w);
    });
  }

 private:
  LOCKSTEP_INLINE static float direction(const AdamCoefficients& c, float mean, float square, float decay, float w) {
    return static_cast<float>(c.mean_correction) * c.normalized(mean, square) + decay * w;
  }

  AdamCoefficients coefficients_;
};

}  // namespace lockstep
