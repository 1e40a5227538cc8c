// Stochastic gradient descent with momentum, Nesterov momentum and weight decay.
#pragma once

#include <span>

#include "optim/options.hpp"
#include "tensor/aligned_buffer.hpp"

namespace lockstep {

/// The update, as PyTorch's SGD defines it (Sutskever et al. 2013, with the rate outside of the velocity):
///     g = gradient + weight_decay * parameter
///     velocity = momentum * velocity + g
///     parameter -= rate * velocity                      or, Nesterov, rate * (g + momentum * velocity)
class Sgd {
 public:
  /// For `size` parameters.
  Sgd(const SgdOptions& options, std::size_t size);

  /// One step. Spans have the size given to the constructor.
  void update(std::span<float> parameters, std::span<const float> gradient, float rate);

  /// All that a resume needs beside the parameters, laid out as they are. Empty without momentum.
  [[nodiscard]] std::span<float> velocity() { return velocity_.span(); }

 private:
  float momentum_;
  float weight_decay_;
  bool nesterov_;
  AlignedBuffer velocity_;
};

}  // namespace lockstep
