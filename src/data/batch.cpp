#include "data/batch.hpp"

#include <algorithm>

#include "base/vectorized.hpp"

namespace lockstep {

namespace {

constexpr std::size_t kAhead = 2;  // rows that are asked for before they are read

/// to = (from - shift) * scale, where shift and scale have one value, or one for each element.
template <class T>
LOCKSTEP_INLINE void scale_row_of(std::span<const T> from, const Scaling& scaling, std::span<float> to) {
  if (scaling.scale.size() == 1) {
    const float shift = scaling.shift[0];
    const float scale = scaling.scale[0];
    for (std::size_t i = 0; i < to.size(); ++i) to[i] = (static_cast<float>(from[i]) - shift) * scale;
  } else {
    for (std::size_t i = 0; i < to.size(); ++i)
      to[i] = (static_cast<float>(from[i]) - scaling.shift[i]) * scaling.scale[i];
  }
}

LOCKSTEP_VECTORIZED void scale_row(std::span<const std::uint8_t> from, const Scaling& scaling, std::span<float> to) {
  scale_row_of(from, scaling, to);
}
LOCKSTEP_VECTORIZED void scale_row(std::span<const float> from, const Scaling& scaling, std::span<float> to) {
  scale_row_of(from, scaling, to);
}

/// Asks for values that are to be read soon.
template <class T>
void prefetch(std::span<const T> values) {
  constexpr std::size_t kLine = 64 / sizeof(T);
  for (std::size_t i = 0; i < values.size(); i += kLine) __builtin_prefetch(&values[i]);
}

/// Row r of `to` = sample samples[r] of `all`, scaled.
template <class T>
void gather_rows(std::span<const T> all, std::span<const std::uint32_t> samples, const Scaling& scaling, Matrix to) {
  const auto values_of = [&](std::size_t row) { return all.subspan(samples[row] * to.cols(), to.cols()); };
  for (std::size_t row = 0; row < to.rows(); ++row) {
    scale_row(values_of(row), scaling, to.row(row));
    // Samples lie anywhere, so that no processor guesses where the next one is.
    if (row + kAhead < to.rows()) prefetch(values_of(row + kAhead));
  }
}

}  // namespace

BatchLoader::BatchLoader(const Dataset& dataset, Scaling features, Scaling targets, std::size_t max_rows, bool one_hot)
    : dataset_(&dataset),
      feature_scaling_(std::move(features)),
      target_scaling_(std::move(targets)),
      has_targets_(!dataset.targets.empty() || (one_hot && !dataset.labels.empty())),
      inputs_(max_rows * row_stride(dataset.info.features())),
      targets_(has_targets_ ? max_rows * dataset.info.outputs() : 0) {
  labels_.reserve(max_rows);
}

void BatchLoader::gather(std::span<const std::uint32_t> samples) {
  const std::size_t features = dataset_->info.features();
  const std::size_t outputs = dataset_->info.outputs();
  rows_ = samples.size();
  const Matrix inputs(inputs_.span(), rows_, features, row_stride(features));
  if (dataset_->info.bytes)
    gather_rows(dataset_->bytes, samples, feature_scaling_, inputs);
  else
    gather_rows(dataset_->values, samples, feature_scaling_, inputs);

  labels_.clear();
  if (!dataset_->labels.empty())
    for (const std::uint32_t sample : samples) labels_.push_back(dataset_->labels[sample]);
  if (!has_targets_) return;
  const Matrix targets(targets_.span(), rows_, outputs);
  if (dataset_->labels.empty()) return gather_rows(dataset_->targets, samples, target_scaling_, targets);
  std::ranges::fill(targets.values(), 0.0F);
  for (std::size_t row = 0; row < rows_; ++row) targets.row(row)[static_cast<std::size_t>(labels_[row])] = 1.0F;
}

ConstMatrix BatchLoader::inputs() const {
  const std::size_t features = dataset_->info.features();
  return {inputs_.span(), rows_, features, row_stride(features)};
}

std::span<const std::int32_t> BatchLoader::labels() const {
  return labels_;
}

ConstMatrix BatchLoader::targets() const {
  return has_targets_ ? ConstMatrix(targets_.span(), rows_, dataset_->info.outputs()) : ConstMatrix();
}

}  // namespace lockstep
