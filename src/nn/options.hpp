// What a configuration says of the model.
#pragma once

#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "nn/activations/list.hpp"
#include "nn/losses/list.hpp"

namespace lockstep {

/// How far initial weights reach: uniform ones lie within ±sqrt(numerator / (in + outputs * out)), and normal ones have
/// their variance, a third of that square.
struct InitialWeights {
  float numerator = 6;
  float outputs = 1;

  bool operator==(const InitialWeights&) const = default;

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& numerator& outputs;
  }
};

inline constexpr std::pair<std::string_view, InitialWeights> kInitialWeights[] = {
    {"glorot", {6, 1}},   // Glorot and Bengio 2010: Understanding the difficulty of training deep networks
    {"he", {6, 0}},       // He et al. 2015: Delving deep into rectifiers
    {"lecun", {3, 0}},    // LeCun et al. 1998: Efficient BackProp
    {"pytorch", {1, 0}},  // of PyTorch's torch.nn.Linear
    {"zeros", {0, 1}},
};

/// How initial weights are distributed about 0.
enum class InitDistribution { uniform, normal };

/// One layer: `units` outputs, each a weighted sum of all inputs plus a bias, then the activation, then dropout.
struct LayerOptions {
  std::size_t units = 0;
  Activation activation = kActivation<Relu>;
  double dropout = 0;  // probability, from 0 to less than 1, with which a training step leaves an output out

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& units& activation& dropout;
  }
};

/// The section [model]. The output layer is not listed: its units are the data's classes or targets.
struct ModelOptions {
  std::vector<LayerOptions> hidden;                      // empty: a perceptron, one layer of weights
  Activation output_activation = kActivation<Identity>;  // with cross-entropy the softmax belongs to the loss
  InitialWeights init = {};                              // Glorot's
  InitDistribution init_distribution = InitDistribution::uniform;
  ActivationOptions activations = {};

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& hidden& output_activation& init& init_distribution& activations;
  }
};

}  // namespace lockstep
