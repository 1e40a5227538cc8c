#include "data/batch.hpp"

#include <algorithm>

#include "tensor/elementwise.hpp"

namespace lockstep {

namespace {

constexpr std::size_t kAhead = 2;  // rows that are asked for before they are read

/// Asks for values that are to be read soon.
template <class T>
void prefetch(std::span<const T> values) {
  constexpr std::size_t kLine = 64 / sizeof(T);
  for (std::size_t i = 0; i < values.size(); i += kLine) __builtin_prefetch(&values[i]);
}

/// Makes row r of `to` of sample samples[r] of `all` by write_row(from, to).
template <class T, class WriteRow>
void gather_rows(std::span<const T> all, std::span<const std::uint32_t> samples, Matrix to, WriteRow&& write_row) {
  const auto values_of = [&](std::size_t row) { return all.subspan(samples[row] * to.cols(), to.cols()); };
  for (std::size_t row = 0; row < to.rows(); ++row) {
    write_row(values_of(row), to.row(row));
    // Samples lie anywhere, so that no processor guesses where the next one is.
    if (row + kAhead < to.rows()) prefetch(values_of(row + kAhead));
  }
}

}  // namespace

BatchLoader::BatchLoader(const PreparedDataset& dataset, std::size_t max_rows, bool one_hot)
    : dataset_(&dataset),
      byte_scale_(dataset.transform.features),
      has_targets_(!dataset.targets.empty() || (one_hot && !dataset.labels.empty())),
      inputs_(max_rows * row_stride(dataset.inputs())),
      targets_(has_targets_ ? max_rows * dataset.info.outputs() : 0) {
  labels_.reserve(max_rows);
  weights_.reserve(dataset.weights.empty() ? 0 : max_rows);
}

void BatchLoader::gather(std::span<const std::uint32_t> samples) {
  const std::size_t outputs = dataset_->info.outputs();
  gathered_ = samples.size();
  partners_.clear();
  const Matrix inputs = inputs_of(gathered_);
  if (!dataset_->bytes.empty())
    gather_rows(dataset_->bytes, samples, inputs, byte_scale_);
  else
    gather_rows(dataset_->values, samples, inputs,
                [](auto from, std::span<float> to) { std::ranges::copy(from, to.begin()); });

  labels_.clear();
  if (!dataset_->labels.empty())
    for (const std::uint32_t sample : samples) labels_.push_back(dataset_->labels[sample]);
  weights_.clear();
  if (!dataset_->weights.empty())
    for (const std::uint32_t sample : samples) weights_.push_back(dataset_->weights[sample]);
  if (!has_targets_) return;
  const Matrix targets(targets_.span(), gathered_, outputs);
  if (dataset_->labels.empty())
    return gather_rows(dataset_->targets, samples, targets, [this](auto from, std::span<float> to) {
      for (std::size_t c = 0; c < to.size(); ++c)
        to[c] = static_cast<float>(dataset_->transform.targets.scaled(from[c], c));
    });
  std::ranges::fill(targets.values(), 0.0F);
  for (std::size_t row = 0; row < gathered_; ++row) targets.row(row)[static_cast<std::size_t>(labels_[row])] = 1.0F;
}

void BatchLoader::augment(Augmenter& augmenter, std::uint64_t epoch, std::span<const std::uint32_t> samples) {
  const Matrix inputs = inputs_of(gathered_);
  for (std::size_t row = 0; row < gathered_; ++row) augmenter.apply(epoch, samples[row], inputs.row(row));
}

void BatchLoader::mix(float share, std::span<const std::uint32_t> partners) {
  const Matrix inputs = inputs_of(gathered_);
  for (std::size_t row = 0; row < partners.size(); ++row)  // a partner is not yet mixed
    move_towards(inputs.row(partners[row]), 1 - share, inputs.row(row));
  partners_.assign(partners.begin(), partners.end());
  share_ = share;
}

Matrix BatchLoader::inputs_of(std::size_t rows) {
  const std::size_t width = dataset_->inputs();
  return {inputs_.span(), rows, width, row_stride(width)};
}

ConstMatrix BatchLoader::inputs() const {
  const std::size_t width = dataset_->inputs();
  return {inputs_.span(), is_mixed() ? partners_.size() : gathered_, width, row_stride(width)};
}

std::span<const std::int32_t> BatchLoader::labels() const {
  return labels_;
}

std::span<const double> BatchLoader::weights() const {
  return weights_;
}

ConstMatrix BatchLoader::targets() const {
  return has_targets_ ? ConstMatrix(targets_.span(), gathered_, dataset_->info.outputs()) : ConstMatrix();
}

}  // namespace lockstep
