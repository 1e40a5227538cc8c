// The multi-layer perceptron: layers of weights and biases, forward and backward.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/partition.hpp"
#include "nn/dropout.hpp"
#include "nn/normalization.hpp"
#include "nn/options.hpp"
#include "tensor/aligned_buffer.hpp"
#include "tensor/layer_products.hpp"
#include "tensor/matrix.hpp"
#include "tensor/panels.hpp"

namespace lockstep {

/// Where one array of parameters lies in the flat buffer of all of them.
struct ParameterTensor {
  std::string name;                // "layers/0/weight"
  std::vector<std::size_t> shape;  // (in, out) for a weight, (out) for a bias
  Range range;                     // in the buffer, there in row order
};

/// One layer: outputs = activation(inputs weight + bias), shapes (batch, in) (in, out) (out) -> (batch, out), of which
/// a training step leaves some out. With normalization the product is normalized and scaled before the bias is added.
/// A residual layer adds its inputs to that (He et al. 2016: Deep residual learning for image recognition).
struct Layer {
  std::size_t inputs = 0;
  std::size_t outputs = 0;
  Activation activation = kActivation<Identity>;
  double dropout = 0;  // probability
  Normalization normalization = Normalization::none;
  bool residual = false;
  std::size_t panel = 1;  // columns of the weight's panels
  Range weight = {};      // in the buffer of parameters, each starting on a cache line
  Range bias = {};
  Range scale = {};     // of normalization, (out)
  Range mean = {};      // the running statistics of batch normalization, (out)
  Range variance = {};  // likewise

  /// True where outputs are not the activation's own: the next layer's inputs lie elsewhere.
  [[nodiscard]] bool changes_outputs() const { return dropout > 0 || residual; }

  /// All of the layer that is trained, padding included.
  [[nodiscard]] Range range() const { return {weight.begin, std::max(bias.end, scale.end)}; }

  template <class T>
  [[nodiscard]] BasicPanels<T> weight_in(std::span<T> parameters) const {
    return {parameters.subspan(weight.begin, weight.size()), inputs, outputs, panel};
  }
  template <class T>
  [[nodiscard]] std::span<T> bias_in(std::span<T> parameters) const {
    return parameters.subspan(bias.begin, bias.size());
  }
};

/// No training has gradients as large, and sums of so many of them as there may be slices are finite.
inline constexpr float kLargestGradient = 1e30F;

class Workspace;

/// Sums rows of numbers, one row a slice of this rank, over all slices in tree order. The first argument is the layer
/// of which they are.
using SumOverSlices = std::function<std::span<const double>(std::size_t, std::span<const double>)>;

/// What makes a pass one of training.
struct TrainingPass {
  DropoutKey dropout;
  std::size_t first_layer = 0;    // that is trained: those before are frozen, with running statistics
  std::size_t batch = 0;          // samples over all ranks, where a norm is taken over them
  SumOverSlices sum_over_slices;  // likewise
  /// Room for the sums of batch-normalized layers, statistics_size() numbers for each slice of the pass.
  std::span<double> statistics;
};

/// The gradients that a backward pass makes.
struct GradientSums {
  std::span<const Range> nodes;                 // of the summation tree over slices: a gradient each
  std::span<const std::span<float>> gradients;  // in the buffer of parameters
  bool continues = false;                       // of one slice, of which this is a later part: it is added on
};

/// Called with the first element of the gradient that is complete.
using OnProgress = std::function<void(std::size_t)>;

/// The shape of a network. It holds no numbers: parameters, gradients and activations are passed in, so that replicas,
/// optimizers and checkpoints see them as plain spans of size() floats. Padding between arrays is zero and stays zero.
///
/// Weights lie in panels, as the kernels want them; files have them in row order.
class Model {
 public:
  /// `layers` end with the output layer. There is at least one. The kernels are resolved ones.
  Model(std::size_t inputs, const std::vector<LayerOptions>& layers, const Arithmetic& arithmetic,
        const ActivationOptions& activations = {}, const NormOptions& norm = {}, bool residual = false);

  [[nodiscard]] const Arithmetic& arithmetic() const { return arithmetic_; }
  [[nodiscard]] Kernels kernels() const { return arithmetic_.kernels; }

  [[nodiscard]] const std::vector<Layer>& layers() const { return layers_; }
  [[nodiscard]] std::size_t inputs() const { return layers_.front().inputs; }
  [[nodiscard]] std::size_t outputs() const { return layers_.back().outputs; }

  /// Floats in a buffer of parameters, padding included.
  [[nodiscard]] std::size_t size() const { return size_; }
  /// Those of them that are trained and have a gradient: the first ones. Behind them lie the running statistics.
  [[nodiscard]] std::size_t gradient_size() const { return gradient_size_; }
  /// Numbers that each slice adds to the statistics of batch-normalized layers: sums of units, and of their squares.
  [[nodiscard]] std::size_t statistics_size() const { return statistics_size_; }
  /// Moves the running statistics towards those of a batch of `samples` samples, of which the sums are given: of layers
  /// from `first_layer` on.
  void update_statistics(std::span<const double> sums, std::size_t samples, std::span<float> parameters,
                         std::size_t first_layer = 0) const;
  /// Weights and biases, without padding.
  [[nodiscard]] std::size_t parameter_count() const;
  [[nodiscard]] std::vector<ParameterTensor> tensors() const;

  /// Between the order in which the model computes and row order, for a buffer of parameters or of what is laid out
  /// like them.
  void pack(std::span<const float> row_order, std::span<float> packed) const;
  void unpack(std::span<const float> packed, std::span<float> row_order) const;

  /// Initial values, a pure function of `init`, `seed` and `distribution`: biases 0, weights as far as `init` says,
  /// whatever the activation.
  ///
  /// In row order, weight i of layer k comes of word i of the random sequence (seed, initial_weights, k), as
  /// next_uniform(), or weights i and i + 1 of words i and i + 1, i even, as normal_pair().
  void initialize(const InitialWeights& init, std::uint64_t seed, std::span<float> parameters,
                  InitDistribution distribution = InitDistribution::uniform) const;

  /// The outputs of the last layer, shape (batch, outputs), with the bits of one product a slice, which do not depend
  /// on what other slices the rank has. Activations stay in `workspace` for the backward pass. Without a training pass
  /// no outputs are left out, and batch normalization takes its running statistics.
  ConstMatrix forward(std::span<const float> parameters, ConstMatrix inputs, const OwnedSlices& slices,
                      Workspace& workspace, const TrainingPass* pass = nullptr) const;

  /// After forward(), with the same pass where the model has dropout or normalization, and with the loss's gradient in
  /// workspace.output_delta(): for each node of `sums`, the gradient summed over its slices in tree order. Those of
  /// frozen layers stay as they are. False when an element of one is not finite, or above kLargestGradient in size.
  ///
  /// Gradients become complete from the end of the buffer on. `on_progress` is called between matrix products with the
  /// first element that is complete by then.
  [[nodiscard]] bool backward(std::span<const float> parameters, ConstMatrix inputs, const OwnedSlices& slices,
                              const GradientSums& sums, Workspace& workspace, const OnProgress& on_progress,
                              const TrainingPass* pass = nullptr) const;

 private:
  /// What all of a backward pass works with.
  struct BackwardPass {
    std::span<const float> parameters;
    const OwnedSlices& slices;
    const GradientSums& sums;
    Workspace& workspace;
    const OnProgress& on_progress;
    const TrainingPass& pass;
  };

  /// The gradient of layer `k`, from its inputs `x`. `delta` is the loss's gradient by the activation's outputs, and
  /// afterwards by the product.
  [[nodiscard]] bool sum_gradient(const BackwardPass& with, std::size_t k, ConstMatrix x, Matrix delta) const;

  /// Normalizes the products `values` of layer `k` and scales them.
  void normalize(std::size_t k, std::span<const float> parameters, Matrix values, const OwnedSlices& slices,
                 Workspace& workspace, const TrainingPass* pass) const;
  /// The way back through it, and the gradient of the scale.
  void normalize_backward(const BackwardPass& with, std::size_t k, Matrix delta) const;

  /// The inputs of layer `k`, which those before it have left in `workspace`.
  [[nodiscard]] ConstMatrix inputs_of(std::size_t k, ConstMatrix inputs, Workspace& workspace) const;

  Arithmetic arithmetic_;
  ActivationOptions activation_options_;
  NormOptions norm_;
  std::vector<Layer> layers_;
  std::size_t size_ = 0;
  std::size_t gradient_size_ = 0;
  std::size_t statistics_size_ = 0;
};

/// Memory for the activations and their gradients of up to `max_rows` samples.
class Workspace {
 public:
  /// `slices` is the number of slices over which backward() may have to sum; 0 where only forward() is called.
  Workspace(const Model& model, std::size_t max_rows, std::size_t slices);

  /// Activations of a layer, shape (rows, layer outputs).
  [[nodiscard]] Matrix activations(std::size_t layer, std::size_t rows) {
    return rows_of(activations_[layer], layer, rows);
  }
  /// Where the derivative of a layer's activation is taken: at what went into it, which is kept in training where it
  /// has to be, or else at its outputs. Shape (rows, layer outputs).
  [[nodiscard]] bool keeps_inputs(std::size_t layer) const { return !activation_inputs_[layer].span().empty(); }
  [[nodiscard]] Matrix derivative_at(std::size_t layer, std::size_t rows) {
    return keeps_inputs(layer) ? rows_of(activation_inputs_[layer], layer, rows) : activations(layer, rows);
  }
  /// What the next layer takes, where the layer changes_outputs() in this pass, and the factors of dropout: shapes
  /// (rows, layer outputs).
  [[nodiscard]] Matrix changed(std::size_t layer, std::size_t rows) { return rows_of(changed_[layer], layer, rows); }
  [[nodiscard]] Matrix mask(std::size_t layer, std::size_t rows) { return rows_of(masks_[layer], layer, rows); }
  /// Gradient of the loss with respect to the activations, shape (rows, layer outputs).
  [[nodiscard]] Matrix delta(std::size_t layer, std::size_t rows) { return rows_of(deltas_[layer], layer, rows); }
  [[nodiscard]] Matrix output_delta(std::size_t rows) { return delta(units_.size() - 1, rows); }

  /// What a normalized layer keeps in training.
  [[nodiscard]] NormalizedLayer& normalization(std::size_t layer) { return normalizations_[layer]; }
  [[nodiscard]] Matrix normalized(std::size_t layer, std::size_t rows) {
    return rows_of(normalizations_[layer].normalized, layer, rows);
  }
  /// Room for a delta that goes past a residual layer, of the shape of that layer's.
  [[nodiscard]] Matrix past(std::size_t layer, std::size_t rows) { return rows_of(past_, layer, rows); }

  /// What matrix products take, with room for a tile of a gradient at each depth of the summation tree.
  [[nodiscard]] ProductScratch& products() { return products_; }

 private:
  [[nodiscard]] Matrix rows_of(AlignedBuffer& buffer, std::size_t layer, std::size_t rows) {
    return {buffer.span(), rows, units_[layer], row_stride(units_[layer])};
  }

  std::vector<std::size_t> units_;
  std::vector<AlignedBuffer> activations_;
  std::vector<AlignedBuffer> activation_inputs_;  // of layers whose activation's derivative needs them, in training
  std::vector<AlignedBuffer> changed_;            // of layers with dropout, in training, and of residual ones
  std::vector<AlignedBuffer> masks_;              // of layers with dropout, in training
  std::vector<NormalizedLayer> normalizations_;
  AlignedBuffer past_;
  std::vector<AlignedBuffer> deltas_;
  ProductScratch products_;
};

}  // namespace lockstep
