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
  labels_.clear();
  for (std::size_t row = 0; row < rows_; ++row) {
    const std::size_t sample = samples[row];
    const std::span<float> input = inputs_.span().subspan(row * row_stride(features), features);
    if (dataset_->info.bytes)
      scale_row(dataset_->bytes.subspan(sample * features, features), feature_scaling_, input);
    else
      scale_row(dataset_->values.subspan(sample * features, features), feature_scaling_, input);
    if (row + kAhead < rows_) {  // rows lie anywhere, so that no processor guesses where the next one is
      const std::size_t next = samples[row + kAhead];
      if (dataset_->info.bytes)
        prefetch(dataset_->bytes.subspan(next * features, features));
      else
        prefetch(dataset_->values.subspan(next * features, features));
    }

    if (!dataset_->labels.empty()) labels_.push_back(dataset_->labels[sample]);
    if (!has_targets_) continue;
    const std::span<float> target = targets_.span().subspan(row * outputs, outputs);
    if (dataset_->labels.empty()) {
      scale_row(dataset_->targets.subspan(sample * outputs, outputs), target_scaling_, target);
    } else {
      std::ranges::fill(target, 0.0F);
      target[static_cast<std::size_t>(labels_.back())] = 1.0F;
    }
  }
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
