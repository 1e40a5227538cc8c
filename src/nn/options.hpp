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

/// What the sums of a layer are normalized over, before its bias and activation.
enum class Normalization { none, batch, layer };

/// The samples of which batch normalization takes its statistics in training: the whole batch, over all ranks, or each
/// slice by itself, for which no messages are needed.
enum class NormOver { batch, slice };

struct NormOptions {
  NormOver over = NormOver::batch;
  double epsilon = 1e-5;  // is added to the variance
  double momentum = 0.1;  // the part of the running statistics that a step's replace

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& over& epsilon& momentum;
  }
};

/// One layer: `units` outputs, each a weighted sum of all inputs, normalized or not, plus a bias, then the
/// activation, then dropout.
struct LayerOptions {
  std::size_t units = 0;
  Activation activation = kActivation<Relu>;
  double dropout = 0;  // probability, from 0 to less than 1, with which a training step leaves an output out
  Normalization normalization = Normalization::none;

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& units& activation& dropout& normalization;
  }
};

/// The section [model]. The output layer is not listed: its units are the data's classes or targets.
struct ModelOptions {
  std::vector<LayerOptions> hidden;                      // empty: a perceptron, one layer of weights
  Activation output_activation = kActivation<Identity>;  // with cross-entropy the softmax belongs to the loss
  InitialWeights init = {};                              // Glorot's
  InitDistribution init_distribution = InitDistribution::uniform;
  ActivationOptions activations = {};
  NormOptions norm = {};
  bool residual = false;  // hidden layers as wide as the one before add its outputs to their own

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& hidden& output_activation& init& init_distribution& activations& norm& residual;
  }
};

}  // namespace lockstep
