#include "nn/model.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "base/random.hpp"
#include "nn/activation.hpp"
#include "tensor/blas.hpp"

namespace lockstep {

namespace {

std::size_t aligned(std::size_t floats) {
  constexpr std::size_t kLine = kAlignment / sizeof(float);
  return (floats + kLine - 1) / kLine * kLine;
}

/// sums[c] = sum over rows of values, shapes (units) and (batch, units).
void sum_rows(ConstMatrix values, std::span<float> sums) {
  std::ranges::fill(sums, 0.0F);
  for (std::size_t r = 0; r < values.rows(); ++r) add_to<float>(sums, values.row(r));
}

float initial_bound(const Layer& layer) {
  const bool rectifier = layer.activation == Activation::relu || layer.activation == Activation::leaky_relu;
  return std::sqrt(6.0F / static_cast<float>(rectifier ? layer.inputs : layer.inputs + layer.outputs));
}

}  // namespace

Model::Model(std::size_t inputs, const std::vector<LayerOptions>& layers) {
  for (const LayerOptions& options : layers) {
    Layer layer{inputs, options.units, options.activation, options.dropout, {}, {}};
    layer.weight = {size_, size_ + inputs * options.units};
    layer.bias = {aligned(layer.weight.end), aligned(layer.weight.end) + options.units};
    size_ = aligned(layer.bias.end);
    inputs = options.units;
    layers_.push_back(layer);
  }
}

std::size_t Model::parameter_count() const {
  std::size_t count = 0;
  for (const Layer& layer : layers_) count += layer.weight.size() + layer.bias.size();
  return count;
}

std::vector<ParameterTensor> Model::tensors() const {
  std::vector<ParameterTensor> tensors;
  for (std::size_t k = 0; k < layers_.size(); ++k) {
    const Layer& layer = layers_[k];
    tensors.push_back({fmt::format("layers/{}/weight", k), {layer.inputs, layer.outputs}, layer.weight});
    tensors.push_back({fmt::format("layers/{}/bias", k), {layer.outputs}, layer.bias});
  }
  return tensors;
}

void Model::initialize(std::uint64_t seed, std::span<float> parameters) const {
  std::ranges::fill(parameters, 0.0F);
  for (std::size_t k = 0; k < layers_.size(); ++k) {
    const float bound = initial_bound(layers_[k]);
    RandomSequence random(seed, Purpose::initial_weights, k);
    for (float& weight : layers_[k].weight_in(parameters).values())
      weight = (2.0F * random.next_uniform() - 1.0F) * bound;
  }
}

ConstMatrix Model::forward(std::span<const float> parameters, ConstMatrix inputs, const OwnedSlices& slices,
                           Workspace& workspace, const DropoutKey* dropout) const {
  ConstMatrix x = inputs;
  for (std::size_t k = 0; k < layers_.size(); ++k) {
    const Matrix y = workspace.activations(k, x.rows());
    for (const Range& rows : slices.rows) multiply(x.rows(rows), layers_[k].weight_in(parameters), y.rows(rows));
    add_bias_and_activate(layers_[k].activation, layers_[k].bias_in(parameters), y);
    x = y;
    if (dropout == nullptr || layers_[k].dropout == 0) continue;
    const Matrix mask = workspace.mask(k, x.rows());
    draw_dropout_mask(*dropout, k, layers_[k].dropout, mask);
    multiply_elements(y, mask, workspace.dropped(k, x.rows()));
    x = workspace.dropped(k, x.rows());
  }
  return x;
}

void Model::backward(std::span<const float> parameters, ConstMatrix inputs, const OwnedSlices& slices,
                     std::span<const Range> nodes, Workspace& workspace,
                     std::span<const std::span<float>> gradients) const {
  for (std::size_t k = layers_.size(); k-- > 0;) {
    const Layer& layer = layers_[k];
    const std::size_t batch = inputs.rows();
    ConstMatrix x = inputs;
    if (k > 0) x = layers_[k - 1].dropout > 0 ? workspace.dropped(k - 1, batch) : workspace.activations(k - 1, batch);
    const Matrix delta = workspace.delta(k, batch);
    if (layer.dropout > 0) multiply_elements(delta, workspace.mask(k, batch), delta);
    multiply_by_derivative(layer.activation, workspace.activations(k, batch), delta);

    // The gradient of one slice, laid out as the layer's parameters are.
    const auto slice_gradient = [&](std::size_t slice, std::span<float> gradient) {
      const Range& rows = slices.rows_of(slice);
      const std::size_t bias_offset = layer.bias.begin - layer.weight.begin;
      multiply_transposed_left(x.rows(rows), delta.rows(rows), {gradient, layer.inputs, layer.outputs});
      std::ranges::fill(gradient.subspan(layer.weight.size(), bias_offset - layer.weight.size()), 0.0F);  // padding
      sum_rows(delta.rows(rows), gradient.subspan(bias_offset, layer.outputs));
    };
    const auto scratch = [&](std::size_t depth) { return workspace.scratch(depth, layer.range().size()); };
    for (std::size_t n = 0; n < nodes.size(); ++n)
      tree_sum(nodes[n], gradients[n].subspan(layer.range().begin, layer.range().size()), slice_gradient, scratch);

    if (k == 0) break;
    const Matrix delta_below = workspace.delta(k - 1, batch);
    for (const Range& rows : slices.rows)
      multiply_transposed_right(delta.rows(rows), layer.weight_in(parameters), delta_below.rows(rows));
  }
}

Workspace::Workspace(const Model& model, std::size_t max_rows, std::size_t slices) {
  std::size_t largest_layer = 0;
  for (const Layer& layer : model.layers()) {
    units_.push_back(layer.outputs);
    activations_.emplace_back(max_rows * layer.outputs);
    deltas_.emplace_back(max_rows * layer.outputs);
    const std::size_t masked_rows = slices > 0 && layer.dropout > 0 ? max_rows : 0;
    dropped_.emplace_back(masked_rows * layer.outputs);
    masks_.emplace_back(masked_rows * layer.outputs);
    largest_layer = std::max(largest_layer, layer.range().size());
  }
  for (std::size_t depth = 0; depth < std::bit_width(slices); ++depth) scratch_.emplace_back(largest_layer);
}

}  // namespace lockstep
