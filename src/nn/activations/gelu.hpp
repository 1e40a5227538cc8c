// x times the normal distribution function at x: Hendrycks and Gimpel, "Gaussian error linear units (GELUs)", 2016. It
// is the exact one, by erf, as PyTorch's default.
#pragma once

#include <numbers>
#include <string_view>

#include "nn/activations/options.hpp"
#include "tensor/elementary.hpp"

namespace lockstep {

struct Gelu {
  static constexpr std::string_view kName = "gelu";
  static constexpr bool kIsCostly = true;

  explicit Gelu(const ActivationOptions&) {}

  LOCKSTEP_INLINE float operator()(float x) const { return x * distribution(x); }
  LOCKSTEP_INLINE float derivative_at_input(float x) const {
    constexpr float one_over_root_of_two_pi = 0.3989422804014327F;
    const float density = one_over_root_of_two_pi * elementary::exp(-0.5F * (x * x));
    return distribution(x) + x * density;
  }

 private:
  /// The part of normally distributed numbers that are below x.
  LOCKSTEP_INLINE static float distribution(float x) {
    constexpr float root_of_half = 0.5F * std::numbers::sqrt2_v<float>;
    return 0.5F * (1.0F + elementary::erf(x * root_of_half));
  }
};

}  // namespace lockstep
