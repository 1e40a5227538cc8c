// What an optimizer is given to update some parameters, and the loop over them.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/vectorized.hpp"
#include "optim/options.hpp"

namespace lockstep {

/// Options of which an optimizer uses some.
enum class Option : std::uint8_t { momentum, nesterov, betas, rho, epsilon, trust_coefficient };

/// What is to be known of an optimizer before it is used.
struct OptimizerTraits {
  std::string_view name;
  OptionSet<Option> uses;
  OptimizerOptions defaults = {};  // but the name
};

/// Buffers of one number for each parameter that an optimizer keeps from step to step, at first 0: one behind the
/// other, all laid out as the parameters. Not owned.
class Moments {
 public:
  Moments() = default;
  /// Of parameters from `begin` on of `parameters`.
  Moments(std::span<float> all, std::size_t parameters, std::size_t begin)
      : first_(all.data() + begin), stride_(parameters) {}

  /// Moment `index`, a number for each parameter of an update.
  [[nodiscard]] float* operator[](std::size_t index) const { return first_ + index * stride_; }

 private:
  float* first_ = nullptr;
  std::size_t stride_ = 0;
};

/// One step of some parameters. All spans have the same size.
struct Update {
  std::span<float> parameters;
  Moments moments;
  std::span<const float> gradient;  // of the mean loss
  float rate = 0;                   // the learning rate
  float decay = 0;                  // the weight decay of these parameters
  float trust = 1;                  // of an optimizer with a rate a layer: the factor of their layer
};

/// A moment of a smaller size is 0: 2^-100. What no longer moves a parameter is 0. Left alone, the velocity of an input
/// that is always 0, as a pixel at the edge of an image, would end among the subnormal numbers and stay there, where
/// processors take a hundred times as long.
inline constexpr float kLeastMoment = 0x1p-100F;

LOCKSTEP_INLINE float without_dust(float moment) {
  return std::abs(moment) < kLeastMoment ? 0.0F : moment;
}

/// Calls formula(parameter, gradient, moments...) for each parameter, with references to what changes.
template <std::size_t Count, class Formula>
LOCKSTEP_INLINE void for_each_parameter(const Update& update, Formula formula) {
  float* __restrict w = update.parameters.data();
  const float* __restrict g = update.gradient.data();
  const std::size_t size = update.parameters.size();
  if constexpr (Count == 0) {
    LOCKSTEP_INDEPENDENT
    for (std::size_t i = 0; i < size; ++i) formula(w[i], g[i]);
  } else if constexpr (Count == 1) {
    float* __restrict first = update.moments[0];
    LOCKSTEP_INDEPENDENT
    for (std::size_t i = 0; i < size; ++i) formula(w[i], g[i], first[i]);
  } else {
    static_assert(Count == 2);
    float* __restrict first = update.moments[0];
    float* __restrict second = update.moments[1];
    LOCKSTEP_INDEPENDENT
    for (std::size_t i = 0; i < size; ++i) formula(w[i], g[i], first[i], second[i]);
  }
}

}  // namespace lockstep
