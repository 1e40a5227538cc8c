#include "nn/model.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>

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

Model::Model(std::size_t inputs, const std::vector<LayerOptions>& layers, const Arithmetic& arithmetic,
             const ActivationOptions& activations, const NormOptions& norm, bool residual)
    : arithmetic_(arithmetic), activation_options_(activations), norm_(norm) {
  const auto take = [this](std::size_t count) {
    const Range taken{aligned(size_), aligned(size_) + count};
    size_ = taken.end;
    return taken;
  };
  for (const LayerOptions& options : layers) {
    Layer layer{.inputs = inputs,
                .outputs = options.units,
                .activation = options.activation,
                .dropout = options.dropout,
                .normalization = options.normalization,
                .panel = panel_width(arithmetic.kernels, options.units)};
    const bool is_hidden = !layers_.empty() && layers_.size() + 1 < layers.size();
    layer.residual = residual && is_hidden && inputs == options.units;
    layer.weight = take(inputs * options.units);
    layer.bias = take(options.units);
    if (options.normalization != Normalization::none) layer.scale = take(options.units);
    size_ = aligned(size_);
    inputs = options.units;
    layers_.push_back(layer);
  }
  gradient_size_ = size_;
  for (Layer& layer : layers_) {
    if (layer.normalization != Normalization::batch) continue;
    layer.mean = take(layer.outputs);
    layer.variance = take(layer.outputs);
    statistics_size_ += 2 * layer.outputs;
  }
  size_ = aligned(size_);
}

std::size_t Model::parameter_count() const {
  std::size_t count = 0;
  for (const Layer& layer : layers_) count += layer.weight.size() + layer.bias.size() + layer.scale.size();
  return count;
}

std::vector<ParameterTensor> Model::tensors() const {
  std::vector<ParameterTensor> tensors;
  for (std::size_t k = 0; k < layers_.size(); ++k) {
    const Layer& layer = layers_[k];
    tensors.push_back({fmt::format("layers/{}/weight", k), {layer.inputs, layer.outputs}, layer.weight});
    for (const auto& [name, range] :
         {std::pair("bias", layer.bias), std::pair("scale", layer.scale), std::pair("running_mean", layer.mean),
          std::pair("running_variance", layer.variance)})
      if (range.size() > 0) tensors.push_back({fmt::format("layers/{}/{}", k, name), {layer.outputs}, range});
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
  const auto fill_with_ones = [&](const Range& range) {
    std::ranges::fill(row_order.span().subspan(range.begin, range.size()), 1.0F);
  };
  for (const Layer& layer : layers_) {
    fill_with_ones(layer.scale);
    fill_with_ones(layer.variance);
  }
  pack(row_order.span(), parameters);
}

ConstMatrix Model::forward(std::span<const float> parameters, ConstMatrix inputs, const OwnedSlices& slices,
                           Workspace& workspace, const TrainingPass* pass) const {
  ConstMatrix x = inputs;
  for (std::size_t k = 0; k < layers_.size(); ++k) {
    const Layer& layer = layers_[k];
    const Matrix y = workspace.activations(k, x.rows());
    const ConstPanels weight = layer.weight_in(parameters);
    const std::span<const float> bias = layer.bias_in(parameters);
    const auto activate = [&](const Range& columns) {
      const std::span<const float> added = bias.subspan(columns.begin, columns.size());
      if (workspace.keeps_inputs(k))
        keep_inputs(added, y.columns(columns), workspace.derivative_at(k, x.rows()).columns(columns));
      add_bias_and_activate(layer.activation, activation_options_, added, y.columns(columns));
    };
    const bool normalizes = layer.normalization != Normalization::none;
    multiply_weight(arithmetic_, x, weight, y, slices.rows, workspace.products(), [&](const Range& columns) {
      if (!normalizes) activate(columns);
    });
    if (normalizes) {
      normalize(k, parameters, y, slices, workspace, pass);
      activate({0, layer.outputs});
    }
    const bool drops = pass != nullptr && layer.dropout > 0;
    if (drops) {
      const Matrix mask = workspace.mask(k, x.rows());
      draw_dropout_mask(pass->dropout, k, layer.dropout, mask);
      multiply_elements(y, mask, workspace.changed(k, x.rows()));
    }
    const ConstMatrix kept = drops ? workspace.changed(k, x.rows()) : y;
    if (layer.residual) add_elements(kept, x, workspace.changed(k, x.rows()));
    x = layer.residual ? ConstMatrix(workspace.changed(k, x.rows())) : kept;
  }
  return x;
}

ConstMatrix Model::inputs_of(std::size_t k, ConstMatrix inputs, Workspace& workspace) const {
  if (k == 0) return inputs;
  return layers_[k - 1].changes_outputs() ? workspace.changed(k - 1, inputs.rows())
                                          : workspace.activations(k - 1, inputs.rows());
}

bool Model::backward(std::span<const float> parameters, ConstMatrix inputs, const OwnedSlices& slices,
                     const GradientSums& sums, Workspace& workspace, const OnProgress& on_progress,
                     const TrainingPass* pass) const {
  const TrainingPass plain{.dropout = {}, .sum_over_slices = {}, .statistics = {}};
  const BackwardPass with{parameters, slices, sums, workspace, on_progress, pass != nullptr ? *pass : plain};
  const std::size_t batch = inputs.rows();
  const std::size_t first_layer = with.pass.first_layer;
  bool within = true;
  for (std::size_t k = layers_.size(); k-- > first_layer;) {
    const Layer& layer = layers_[k];
    const Matrix delta = workspace.delta(k, batch);
    if (layer.residual) copy_matrix(delta, workspace.past(k, batch));
    if (layer.dropout > 0) multiply_elements(delta, workspace.mask(k, batch), delta);
    within = sum_gradient(with, k, inputs_of(k, inputs, workspace), delta) && within;
    if (k == first_layer) continue;
    const ConstPanels weight = layer.weight_in(parameters);
    const Matrix before = workspace.delta(k - 1, batch);
    multiply_transposed_weight(arithmetic_, delta, weight, before, slices.rows, workspace.products(),
                               [&] { on_progress(layer.weight.begin); });
    if (layer.residual) add_elements(before, workspace.past(k, batch), before);
  }
  return within;
}

bool Model::sum_gradient(const BackwardPass& with, std::size_t k, ConstMatrix x, Matrix delta) const {
  const Layer& layer = layers_[k];
  const GradientSums& sums = with.sums;
  // Sums of so many products of numbers no larger than these need no look at each.
  bool is_small = true;
  const double least_large =
      static_cast<double>(kLargestGradient) / (1 + static_cast<double>(largest(x))) / static_cast<double>(x.rows());
  const ConstMatrix at = with.workspace.derivative_at(k, x.rows());
  const auto sum_slice = [&](std::size_t slice, std::span<float> sum) {
    const Range& rows = with.slices.rows_of(slice);
    if (!sums.continues) std::ranges::fill(sum, 0.0F);
    const float most =
        multiply_by_derivative(layer.activation, activation_options_, at.rows(rows), delta.rows(rows), sum);
    is_small = is_small && static_cast<double>(most) < least_large;
  };
  for (std::size_t n = 0; n < sums.nodes.size(); ++n) {
    const std::span<float> bias = layer.bias_in(sums.gradients[n]);
    tree_sum(sums.nodes[n], bias, sum_slice,
             [&](std::size_t depth) { return with.workspace.products().sums[depth].span().first(bias.size()); });
  }
  bool within = true;
  const auto check = [&](std::span<const float> values) {
    within = (is_small || all_within(kLargestGradient, values)) && within;
  };
  for (const std::span<float> gradient : sums.gradients) check(layer.bias_in(gradient));
  if (layer.normalization != Normalization::none) {
    normalize_backward(with, k, delta);
    is_small = false;  // the deviations that it was divided by may be small, too
    for (const std::span<float> gradient : sums.gradients)
      check(gradient.subspan(layer.scale.begin, layer.scale.size()));
  }
  const auto weights = [&](std::size_t node) { return layer.weight_in(sums.gradients[node]); };
  const auto on_panel = [&](std::size_t p) {
    for (std::size_t n = 0; n < sums.nodes.size(); ++n) check(weights(n).panel(p).values());
    with.on_progress(layer.weight.begin + weights(0).columns(p).begin * layer.inputs);
  };
  multiply_gradients(arithmetic_, x, delta, {with.slices, sums.nodes, sums.continues}, weights,
                     with.workspace.products(), std::ref(on_panel));
  return within;
}

Workspace::Workspace(const Model& model, std::size_t max_rows, std::size_t slices) {
  std::size_t largest_tile = 0;
  std::size_t widest_residual = 0;
  for (const Layer& layer : model.layers()) {
    units_.push_back(layer.outputs);
    const std::size_t stride = row_stride(layer.outputs);
    activations_.emplace_back(max_rows * stride);
    deltas_.emplace_back(max_rows * stride);
    const bool keeps_inputs = slices > 0 && has_derivative_at_input(layer.activation);
    activation_inputs_.emplace_back(keeps_inputs ? max_rows * stride : 0);
    const bool drops = slices > 0 && layer.dropout > 0;
    changed_.emplace_back(drops || layer.residual ? max_rows * stride : 0);
    masks_.emplace_back(drops ? max_rows * stride : 0);
    const bool normalizes = slices > 0 && layer.normalization != Normalization::none;
    normalizations_.push_back(
        {.normalized = AlignedBuffer(normalizes ? max_rows * stride : 0), .inverse = {}, .sums = {}});
    if (slices > 0 && layer.residual) widest_residual = std::max(widest_residual, stride);
    const std::size_t tile_rows = gradient_rows(model.kernels(), layer.inputs);
    largest_tile = std::max({largest_tile, layer.outputs, tile_rows * layer.panel});
  }
  for (std::size_t depth = 0; depth < std::bit_width(slices); ++depth) products_.sums.emplace_back(largest_tile);
  past_ = AlignedBuffer(max_rows * widest_residual);
}

}  // namespace lockstep
