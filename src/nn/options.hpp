// What a configuration says of the model.
#pragma once

#include <cstddef>
#include <vector>

namespace lockstep {

enum class Activation { identity, sigmoid, tanh, relu, leaky_relu };

enum class Loss { cross_entropy, mse };

/// One layer: `units` outputs, each a weighted sum of all inputs plus a bias, then the activation, then dropout.
struct LayerOptions {
  std::size_t units = 0;
  Activation activation = Activation::relu;
  double dropout = 0;  // probability, from 0 to less than 1, with which a training step leaves an output out

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& units& activation& dropout;
  }
};

/// The section [model]. The output layer is not listed: its units are the data's classes or targets.
struct ModelOptions {
  std::vector<LayerOptions> hidden;                     // empty: a perceptron, one layer of weights
  Activation output_activation = Activation::identity;  // with cross-entropy the softmax belongs to the loss

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& hidden& output_activation;
  }
};

}  // namespace lockstep
