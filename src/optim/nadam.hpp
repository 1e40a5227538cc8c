// Adam with Nesterov's momentum.
#pragma once

#include "optim/adam.hpp"

namespace lockstep {

/// As PyTorch's NAdam defines it (Dozat 2016: Incorporating Nesterov momentum into Adam), moments as Adam's:
///     mu(step) = beta1 * (1 - 0.5 * 0.96^(0.004 * step))
///     parameter -= rate * (mu(step + 1) / (1 - mu(1) ... mu(step + 1)) * mean +
///                          (1 - mu(step)) / (1 - mu(1) ... mu(step)) * g) / (sqrt(square / (1 - beta2^step)) +
///                          epsilon)
class Nadam {
 public:
  static constexpr OptimizerTraits kTraits{
      .name = "nadam", .uses = {Option::betas, Option::epsilon}, .defaults = {.learning_rate = 0.002}};

  explicit Nadam(const OptimizerOptions& options) : coefficients_(options), beta1_(options.beta1) {}

  [[nodiscard]] static std::vector<std::string_view> moments() { return Adam::moments(); }

  void begin_step(std::uint64_t step) {
    coefficients_.begin_step(step);
    // The product up to a step is a function of the step alone; that of the step before is there to go on from.
    if (step <= factors_) factors_ = 0;
    if (factors_ == 0) product_ = 1;
    while (factors_ < step) product_ *= momentum(++factors_);
    gradient_part_ = (1 - momentum(step)) / (1 - product_);
    mean_part_ = momentum(step + 1) / (1 - product_ * momentum(step + 1));
  }

  LOCKSTEP_INLINE void update(const Update& update) const {
    const AdamCoefficients c = coefficients_;
    const auto by_gradient = static_cast<float>(static_cast<double>(update.rate) * gradient_part_);
    const auto by_mean = static_cast<float>(static_cast<double>(update.rate) * mean_part_);
    const float decay = update.decay;
    for_each_parameter<2>(update, [=](float& w, float gradient, float& mean, float& square) {
      const float g = gradient + decay * w;
      c.add(g, mean, square);
      w -= c.normalized(by_gradient * g + by_mean * mean, square);
    });
  }

 private:
  [[nodiscard]] double momentum(std::uint64_t step) const {
    constexpr double kSlowing = 0.99983672535267528;  // 0.96^0.004
    return beta1_ * (1 - 0.5 * elementary::power(kSlowing, step));
  }

  AdamCoefficients coefficients_;
  double beta1_;
  std::uint64_t factors_ = 0;  // of the product
  double product_ = 1;
  double gradient_part_ = 0;
  double mean_part_ = 0;
};

}  // namespace lockstep
