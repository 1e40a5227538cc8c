// What a configuration says of activations.
#pragma once

#include <cstdint>

namespace lockstep {

/// One of the activations of nn/activations/list.hpp, by its place there.
enum class Activation : std::uint8_t {};

/// The numbers that some activations have, the same in all layers.
struct ActivationOptions {
  double leaky_slope = 0.01;  // of leaky ReLU below 0; not negative
  double elu_alpha = 1;       // what ELU tends to far below 0, negated; not negative

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& leaky_slope& elu_alpha;
  }
};

}  // namespace lockstep
