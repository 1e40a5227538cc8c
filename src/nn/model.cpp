#include "nn/model.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "base/random.hpp"
#include "nn/activation.hpp"
#include "tensor/elementary.hpp"
#include "tensor/elementwise.hpp"

namespace lockstep {

namespace {

/// The square of the bound of uniform weights.
float squared_bound(const InitialWeights& init, const Layer& layer) {
  return init.numerator / (static_cast<float>(layer.inputs) + init.outputs * static_cast<float>(layer.outputs));
}

void draw_uniform(float bound, RandomSequence random, std::span<float> weights) {
  for (float& weight : weights) weight = (2.0F * random.next_uniform() - 1.0F) * bound;
}

void draw_normal(double deviation, RandomSequence random, std::span<float> weights) {
  for (std::size_t i = 0; i < weights.size(); i += 2) {
    const std::uint64_t first = random.next();
    const auto pair = elementary::normal_pair(first, random.next());
    for (std::size_t k = i; k < std::min(i + 2, weights.size()); ++k)
      weights[k] = static_cast<float>(pair[k - i] * deviation);
  }
}

}  // namespace

Model::Model(std::size_t inputs, const std::vector<LayerOptions>& layers, Kernels kernels,
             const ActivationOptions& activations)
    : kernels_(kernels), activation_options_(activations) {
  for (const LayerOptions& options : layers) {
    Layer layer{inputs, options.units, options.activation, options.dropout, panel_width(kernels, options.units), {},
                {}};
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

void Model::pack(std::span<const float> row_order, std::span<float> packed) const {
  std::ranges::copy(row_order, packed.begin());
  for (const Layer& layer : layers_)
    lockstep::pack({row_order.subspan(layer.weight.begin, layer.weight.size()), layer.inputs, layer.outputs},
                   layer.weight_in(packed));
}

void Model::unpack(std::span<const float> packed, std::span<float> row_order) const {
  std::ranges::copy(packed, row_order.begin());
  for (const Layer& layer : layers_)
    lockstep::unpack(layer.weight_in(packed),
                     {row_order.subspan(layer.weight.begin, layer.weight.size()), layer.inputs, layer.outputs});
}

void Model::initialize(const InitialWeights& init, std::uint64_t seed, std::span<float> parameters,
                       InitDistribution distribution) const {
  AlignedBuffer row_order(size_);
  for (std::size_t k = 0; k < layers_.size() && init.numerator > 0; ++k) {
    const RandomSequence random(seed, Purpose::initial_weights, k);
    const std::span<float> weights = row_order.span().subspan(layers_[k].weight.begin, layers_[k].weight.size());
    const float square = squared_bound(init, layers_[k]);
    if (distribution == InitDistribution::uniform)
      draw_uniform(std::sqrt(square), random, weights);
    else
      draw_normal(std::sqrt(static_cast<double>(square) / 3), random, weights);
  }
  pack(row_order.span(), parameters);
}

ConstMatrix Model::forward(std::span<const float> parameters, ConstMatrix inputs, const OwnedSlices& slices,
                           Workspace& workspace, const DropoutKey* dropout) const {
  ConstMatrix x = inputs;
  for (std::size_t k = 0; k < layers_.size(); ++k) {
    const Layer& layer = layers_[k];
    const Matrix y = workspace.activations(k, x.rows());
    const ConstPanels weight = layer.weight_in(parameters);
    const std::span<const float> bias = layer.bias_in(parameters);
    for (std::size_t p = 0; p < weight.count(); ++p) {
      const Range columns = weight.columns(p);
      const std::span<const float> added = bias.subspan(columns.begin, columns.size());
      multiply(kernels_, x, weight.panel(p), y.columns(columns), slices.rows);
      if (workspace.keeps_inputs(k))
        keep_inputs(added, y.columns(columns), workspace.derivative_at(k, x.rows()).columns(columns));
      add_bias_and_activate(layer.activation, activation_options_, added, y.columns(columns));
    }
    x = y;
    if (dropout == nullptr || layer.dropout == 0) continue;
    const Matrix mask = workspace.mask(k, x.rows());
    draw_dropout_mask(*dropout, k, layer.dropout, mask);
    multiply_elements(y, mask, workspace.dropped(k, x.rows()));
    x = workspace.dropped(k, x.rows());
  }
  return x;
}

bool Model::backward(std::span<const float> parameters, ConstMatrix inputs, const OwnedSlices& slices,
                     const GradientSums& sums, Workspace& workspace, const OnProgress& on_progress) const {
  const std::size_t batch = inputs.rows();
  bool within = true;
  for (std::size_t k = layers_.size(); k-- > sums.first_layer;) {
    const Layer& layer = layers_[k];
    ConstMatrix x = inputs;
    if (k > 0) x = layers_[k - 1].dropout > 0 ? workspace.dropped(k - 1, batch) : workspace.activations(k - 1, batch);
    const Matrix delta = workspace.delta(k, batch);
    if (layer.dropout > 0) multiply_elements(delta, workspace.mask(k, batch), delta);
    const ConstMatrix at = workspace.derivative_at(k, batch);
    within = sum_gradient(layer, x, at, delta, slices, sums, workspace, on_progress) && within;
    if (k == sums.first_layer) continue;
    const ConstPanels weight = layer.weight_in(parameters);
    multiply_transposed_right(kernels_, delta, weight, workspace.delta(k - 1, batch), slices.rows,
                              workspace.transposed(), [&] { on_progress(layer.weight.begin); });
  }
  return within;
}

bool Model::sum_gradient(const Layer& layer, ConstMatrix x, ConstMatrix at, Matrix delta, const OwnedSlices& slices,
                         const GradientSums& sums, Workspace& workspace, const OnProgress& on_progress) const {
  // Sums of so many products of numbers no larger than these need no look at each.
  bool is_small = true;
  const double least_large =
      static_cast<double>(kLargestGradient) / (1 + static_cast<double>(largest(x))) / static_cast<double>(x.rows());
  const auto sum_slice = [&](std::size_t slice, std::span<float> sum) {
    const Range& rows = slices.rows_of(slice);
    if (!sums.continues) std::ranges::fill(sum, 0.0F);
    const float most =
        multiply_by_derivative(layer.activation, activation_options_, at.rows(rows), delta.rows(rows), sum);
    is_small = is_small && static_cast<double>(most) < least_large;
  };
  for (std::size_t n = 0; n < sums.nodes.size(); ++n) {
    const std::span<float> bias = layer.bias_in(sums.gradients[n]);
    tree_sum(sums.nodes[n], bias, sum_slice,
             [&](std::size_t depth) { return workspace.scratch()[depth].span().first(bias.size()); });
  }
  const auto is_within = [&](std::span<const float> values) {
    return is_small || all_within(kLargestGradient, values);
  };
  bool within = true;
  for (const std::span<float> gradient : sums.gradients) within = is_within(layer.bias_in(gradient)) && within;
  const std::size_t panels = layer.weight_in(sums.gradients[0]).count();
  for (std::size_t p = panels; p-- > 0;) {
    const Range columns = layer.weight_in(sums.gradients[0]).columns(p);
    for (std::size_t n = 0; n < sums.nodes.size(); ++n) {
      const Matrix panel = layer.weight_in(sums.gradients[n]).panel(p);
      multiply_transposed_left(kernels_, x, delta.columns(columns), slices, sums.nodes[n], sums.continues, panel,
                               workspace.scratch());
      within = is_within(panel.values()) && within;
    }
    on_progress(layer.weight.begin + columns.begin * layer.inputs);
  }
  return within;
}

Workspace::Workspace(const Model& model, std::size_t max_rows, std::size_t slices) {
  std::size_t largest_tile = 0;
  std::size_t largest_panel = 0;
  for (const Layer& layer : model.layers()) {
    units_.push_back(layer.outputs);
    const std::size_t stride = row_stride(layer.outputs);
    activations_.emplace_back(max_rows * stride);
    deltas_.emplace_back(max_rows * stride);
    const bool keeps_inputs = slices > 0 && has_derivative_at_input(layer.activation);
    activation_inputs_.emplace_back(keeps_inputs ? max_rows * stride : 0);
    const std::size_t masked_rows = slices > 0 && layer.dropout > 0 ? max_rows : 0;
    dropped_.emplace_back(masked_rows * stride);
    masks_.emplace_back(masked_rows * stride);
    const std::size_t tile_rows = gradient_rows(model.kernels(), layer.inputs);
    largest_tile = std::max({largest_tile, layer.outputs, tile_rows * layer.panel});
    largest_panel = std::max(largest_panel, layer.outputs * panel_width(model.kernels(), layer.inputs));
  }
  for (std::size_t depth = 0; depth < std::bit_width(slices); ++depth) scratch_.emplace_back(largest_tile);
  if (slices > 0 && model.kernels() != Kernels::openblas) transposed_ = AlignedBuffer(largest_panel);
}

}  // namespace lockstep
