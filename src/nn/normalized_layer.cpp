// The normalization of a model's layers.
#include <cmath>

#include "nn/model.hpp"

namespace lockstep {

namespace {

std::vector<float> narrowed(std::span<const double> values) {
  return {values.begin(), values.end()};
}

/// The row of `sums` that belongs to the i-th slice.
std::span<double> row_of(std::vector<double>& sums, std::size_t i, std::size_t units) {
  return std::span(sums).subspan(2 * units * i, 2 * units);
}

}  // namespace

void Model::normalize(std::size_t k, std::span<const float> parameters, Matrix values, const OwnedSlices& slices,
                      Workspace& workspace, const TrainingPass* pass) const {
  const Layer& layer = layers_[k];
  const std::size_t units = layer.outputs;
  const std::span<const float> scale = parameters.subspan(layer.scale.begin, units);
  const bool trains = pass != nullptr && k >= pass->first_layer;
  const Matrix normalized = trains ? workspace.normalized(k, values.rows()) : values;
  NormalizedLayer& memory = workspace.normalization(k);
  if (layer.normalization == Normalization::layer) {
    memory.inverse.resize(values.rows());
    return normalize_rows(norm_.epsilon, scale, values, normalized, memory.inverse);
  }
  if (!trains) {
    const std::span<const float> variance = parameters.subspan(layer.variance.begin, units);
    const std::vector<double> wide(variance.begin(), variance.end());
    return normalize_units(parameters.subspan(layer.mean.begin, units), inverse_deviations(wide, norm_.epsilon), scale,
                           values, normalized);
  }

  std::size_t offset = 0;  // of the layer's statistics
  for (std::size_t before = 0; before < k; ++before)
    if (layers_[before].normalization == Normalization::batch) offset += 2 * layers_[before].outputs;
  memory.sums.assign(2 * units * slices.rows.size(), 0.0);
  for (std::size_t i = 0; i < slices.rows.size(); ++i) {
    const std::span<double> sums = row_of(memory.sums, i, units);
    add_sums_and_squares(values.rows(slices.rows[i]), sums);
    std::ranges::copy(sums, pass->statistics.subspan(i * statistics_size_ + offset).begin());
  }
  if (norm_.over == NormOver::batch) {
    const UnitStatistics statistics(pass->sum_over_slices(k, memory.sums), static_cast<double>(pass->batch));
    memory.inverse = inverse_deviations(statistics.variance, norm_.epsilon);
    return normalize_units(narrowed(statistics.mean), memory.inverse, scale, values, normalized);
  }
  memory.inverse.resize(units * slices.rows.size());
  for (std::size_t i = 0; i < slices.rows.size(); ++i) {
    const Range& rows = slices.rows[i];
    if (rows.size() == 0) continue;
    const UnitStatistics statistics(row_of(memory.sums, i, units), static_cast<double>(rows.size()));
    const std::span<float> inverse = std::span(memory.inverse).subspan(units * i, units);
    std::ranges::copy(inverse_deviations(statistics.variance, norm_.epsilon), inverse.begin());
    normalize_units(narrowed(statistics.mean), inverse, scale, values.rows(rows), normalized.rows(rows));
  }
}

void Model::normalize_backward(const BackwardPass& with, std::size_t k, Matrix delta) const {
  const Layer& layer = layers_[k];
  const std::size_t units = layer.outputs;
  const std::span<const float> scale = with.parameters.subspan(layer.scale.begin, units);
  const ConstMatrix normalized = with.workspace.normalized(k, delta.rows());
  NormalizedLayer& memory = with.workspace.normalization(k);
  const OwnedSlices& slices = with.slices;

  const auto sum_slice = [&](std::size_t slice, std::span<float> sum) {
    if (!with.sums.continues) std::ranges::fill(sum, 0.0F);
    add_scale_gradient(delta.rows(slices.rows_of(slice)), normalized.rows(slices.rows_of(slice)), sum);
  };
  for (std::size_t n = 0; n < with.sums.nodes.size(); ++n)
    tree_sum(with.sums.nodes[n], with.sums.gradients[n].subspan(layer.scale.begin, units), sum_slice,
             [&](std::size_t depth) { return with.workspace.products().sums[depth].span().first(units); });

  if (layer.normalization == Normalization::layer)
    return normalize_rows_backward(memory.inverse, scale, normalized, delta);
  memory.sums.assign(2 * units * slices.rows.size(), 0.0);
  for (std::size_t i = 0; i < slices.rows.size(); ++i)
    add_sums_and_products(delta.rows(slices.rows[i]), normalized.rows(slices.rows[i]), row_of(memory.sums, i, units));
  if (norm_.over == NormOver::batch)
    return normalize_units_backward(with.pass.sum_over_slices(k, memory.sums), static_cast<double>(with.pass.batch),
                                    memory.inverse, scale, normalized, delta);
  for (std::size_t i = 0; i < slices.rows.size(); ++i)
    if (const Range& rows = slices.rows[i]; rows.size() > 0)
      normalize_units_backward(row_of(memory.sums, i, units), static_cast<double>(rows.size()),
                               std::span(memory.inverse).subspan(units * i, units), scale, normalized.rows(rows),
                               delta.rows(rows));
}

void Model::update_statistics(std::span<const double> sums, std::size_t samples, std::span<float> parameters,
                              std::size_t first_layer) const {
  const auto count = static_cast<double>(samples);
  const double unbiased = samples > 1 ? count / (count - 1) : 1;  // as PyTorch has it
  for (std::size_t k = 0; k < layers_.size(); ++k) {
    const Layer& layer = layers_[k];
    if (layer.normalization != Normalization::batch) continue;
    const UnitStatistics statistics(sums.first(2 * layer.outputs), count);
    sums = sums.subspan(2 * layer.outputs);
    if (k < first_layer) continue;
    const auto move = [&](float& running, double found) {
      running =
          static_cast<float>(static_cast<double>(running) + norm_.momentum * (found - static_cast<double>(running)));
    };
    for (std::size_t c = 0; c < layer.outputs; ++c) {
      move(parameters[layer.mean.begin + c], statistics.mean[c]);
      move(parameters[layer.variance.begin + c], statistics.variance[c] * unbiased);
    }
  }
}

}  // namespace lockstep
