#include "optim/sgd.hpp"

namespace lockstep {

Sgd::Sgd(const SgdOptions& options, std::size_t size)
    : momentum_(static_cast<float>(options.momentum)),
      weight_decay_(static_cast<float>(options.weight_decay)),
      nesterov_(options.nesterov),
      velocity_(options.momentum > 0 ? size : 0) {}

void Sgd::update(std::span<float> parameters, std::span<const float> gradient, float rate) {
  const std::span<float> velocity = velocity_.span();
  if (velocity.empty()) {
    for (std::size_t i = 0; i < parameters.size(); ++i)
      parameters[i] -= rate * (gradient[i] + weight_decay_ * parameters[i]);
    return;
  }
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const float g = gradient[i] + weight_decay_ * parameters[i];
    velocity[i] = momentum_ * velocity[i] + g;
    parameters[i] -= rate * (nesterov_ ? g + momentum_ * velocity[i] : velocity[i]);
  }
}

}  // namespace lockstep
