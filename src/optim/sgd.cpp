#include "optim/sgd.hpp"

#include <cmath>

#include "base/error.hpp"
#include "base/vectorized.hpp"

namespace lockstep {

namespace {

/// What no longer moves a parameter is 0. Left alone, the velocity of an input that is always 0, as a pixel at the edge
/// of an image, would end among the subnormal numbers and stay there, where processors take a hundred times as long.
LOCKSTEP_INLINE float without_dust(float velocity) {
  return std::abs(velocity) < kLeastVelocity ? 0.0F : velocity;
}

LOCKSTEP_VECTORIZED void descend(float* parameters, const float* gradient, std::size_t size, float weight_decay,
                                 float rate) {
  for (std::size_t i = 0; i < size; ++i) parameters[i] -= rate * (gradient[i] + weight_decay * parameters[i]);
}

LOCKSTEP_VECTORIZED void descend_with_momentum(float* __restrict parameters, float* __restrict velocity,
                                               const float* __restrict gradient, std::size_t size, float weight_decay,
                                               float momentum, float rate) {
  for (std::size_t i = 0; i < size; ++i) {
    velocity[i] = without_dust(momentum * velocity[i] + (gradient[i] + weight_decay * parameters[i]));
    parameters[i] -= rate * velocity[i];
  }
}

LOCKSTEP_VECTORIZED void descend_with_nesterov(float* __restrict parameters, float* __restrict velocity,
                                               const float* __restrict gradient, std::size_t size, float weight_decay,
                                               float momentum, float rate) {
  for (std::size_t i = 0; i < size; ++i) {
    const float g = gradient[i] + weight_decay * parameters[i];
    velocity[i] = without_dust(momentum * velocity[i] + g);
    parameters[i] -= rate * (g + momentum * velocity[i]);
  }
}

}  // namespace

Sgd::Sgd(const SgdOptions& options)
    : momentum_(static_cast<float>(options.momentum)),
      weight_decay_(static_cast<float>(options.weight_decay)),
      nesterov_(options.nesterov) {}

void Sgd::update(std::span<float> parameters, std::span<float> velocity, std::span<const float> gradient,
                 float rate) const {
  invariant(gradient.size() == parameters.size() && velocity.size() == (has_velocity() ? parameters.size() : 0),
            "an update wants a gradient, and with momentum a velocity, for each parameter");
  if (!has_velocity())
    descend(parameters.data(), gradient.data(), parameters.size(), weight_decay_, rate);
  else if (nesterov_)
    descend_with_nesterov(parameters.data(), velocity.data(), gradient.data(), parameters.size(), weight_decay_,
                          momentum_, rate);
  else
    descend_with_momentum(parameters.data(), velocity.data(), gradient.data(), parameters.size(), weight_decay_,
                          momentum_, rate);
}

}  // namespace lockstep
