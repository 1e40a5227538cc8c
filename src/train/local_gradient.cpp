#include "train/local_gradient.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "data/mixup.hpp"
#include "tensor/elementwise.hpp"
#include "train/objective.hpp"

namespace lockstep {

struct LocalGradient::Task {
  std::span<const float> parameters;
  std::uint64_t step;
  const Batch& batch;
  std::size_t first_slice;
  float share;  // of itself in a mixed sample
};

namespace {

void no_progress(std::size_t) {}

/// Beside an image there is what a raw 0 becomes.
std::optional<Augmenter> make_augmenter(const Config& config, const PreparedDataset& dataset) {
  if (!config.augment.changes_images()) return std::nullopt;
  const auto background = static_cast<float>(dataset.transform.features.scaled(0, 0));
  return Augmenter(config.augment, dataset.info, background, config.run.seed);
}

/// How many levels of the tree below a node of `slices` slices take more than one block.
std::size_t levels_above_blocks(std::size_t slices, std::size_t rows_of_slice, std::size_t rows_of_block) {
  std::size_t levels = 0;
  for (; slices > 1 && slices * rows_of_slice > rows_of_block; slices = std::bit_ceil(slices) / 2) ++levels;
  return levels;
}

/// What is normalized over has to be there as a whole: all samples of the rank, or those of a slice.
std::size_t rows_of_blocks(const Config& config, const Model& model, std::size_t max_rows, std::size_t owned_slices) {
  if (model.statistics_size() == 0) return LocalGradient::kBlockRows;
  return config.model.norm.over == NormOver::batch ? max_rows
                                                   : std::max(LocalGradient::kBlockRows, max_rows / owned_slices);
}

}  // namespace

LocalGradient::LocalGradient(const Config& config, const Model& model, const PreparedDataset& dataset, Profile& profile,
                             std::size_t max_rows, std::size_t slices, std::span<const Range> nodes,
                             SumOverSlices sum_over_slices)
    : model_(&model),
      profile_(&profile),
      seed_(config.run.seed),
      loss_(config.train.loss),
      frozen_(config.train.freeze),
      remedy_(remedy_for(config.train.loss, dataset)),
      all_slices_(slices),
      block_rows_(std::min(max_rows, rows_of_blocks(config, model, max_rows, nodes.back().end - nodes.front().begin))),
      nodes_(nodes.begin(), nodes.end()),
      augmenter_(make_augmenter(config, dataset)),
      mixup_(config.augment.mixup),
      mixes_within_slices_(config.data.order == DataOrder::blocks),
      steps_per_epoch_(steps_in_epoch(dataset.info.samples, config.train.global_batch)),
      loader_(dataset, block_rows_ + (mixup_ > 0 ? nodes_.back().end - nodes_.front().begin : 0),
              wants_one_hot(loss_, dataset.info)),
      workspace_(model, block_rows_, slices),
      sum_over_slices_(std::move(sum_over_slices)) {
  const std::size_t owned = nodes.back().end - nodes.front().begin;
  std::size_t levels = 0;
  for (const Range& node : nodes)
    levels = std::max(levels, levels_above_blocks(node.size(), max_rows / owned, block_rows_));
  for (; levels > 0; --levels) scratch_.emplace_back(model.gradient_size());
}

bool LocalGradient::compute(std::span<const float> parameters, std::uint64_t step, const Batch& batch,
                            const OwnedSlices& slices, std::span<const std::span<float>> gradients,
                            const OnProgress& on_progress) {
  const float share = mixup_ > 0 ? mixup_share(mixup_, seed_, step) : 1;
  const Task task{parameters, step, batch, slices.numbers.begin, share};
  losses_.assign(slices.rows.size(), 0.0);
  statistics_.assign(slices.rows.size() * model_->statistics_size(), 0.0);
  finite_ = true;
  if (slices.samples.size() <= block_rows_)
    add_block(task, slices, {nodes_, gradients}, on_progress);
  else
    for (std::size_t n = 0; n < nodes_.size(); ++n)
      sum_node(task, nodes_[n], gradients[n], scratch_, n + 1 == nodes_.size() ? on_progress : no_progress);
  return finite_;
}

void LocalGradient::sum_node(const Task& task, const Range& node, std::span<float> gradient,
                             std::span<AlignedBuffer> scratch, const OnProgress& on_progress) {
  if (!finite_) return;
  OwnedSlices slices(task.batch.size, all_slices_, node);
  GradientSums sums{std::span(&node, 1), std::span(&gradient, 1)};
  if (slices.samples.size() <= block_rows_) return add_block(task, slices, sums, on_progress);
  if (node.size() > 1) {
    const std::span<float> right = scratch.front().span();
    sum_node(task, left_child(node), gradient, scratch.subspan(1), no_progress);
    sum_node(task, right_child(node), right, scratch.subspan(1), no_progress);
    return add(gradient, right, gradient);
  }
  const Range samples = slices.samples;
  for (std::size_t begin = samples.begin; begin < samples.end && finite_; begin += block_rows_) {
    slices.samples = {begin, std::min(samples.end, begin + block_rows_)};
    slices.rows = {{0, slices.samples.size()}};
    add_block(task, slices, sums, slices.samples.end == samples.end ? on_progress : no_progress);
    sums.continues = true;
  }
}

void LocalGradient::add_block(const Task& task, const OwnedSlices& slices, const GradientSums& sums,
                              const OnProgress& on_progress) {
  const auto samples = task.batch.numbers_of(slices.samples);
  gather(task, slices);
  const ConstMatrix inputs = loader_.inputs();
  profile_->lap(Phase::gather);

  const std::size_t statistics = (slices.numbers.begin - task.first_slice) * model_->statistics_size();
  const TrainingPass pass{.dropout = {seed_, task.step, samples},
                          .first_layer = frozen_,
                          .batch = task.batch.size,
                          .sum_over_slices = sum_over_slices_,
                          .statistics = std::span(statistics_).subspan(statistics)};
  const ConstMatrix outputs = model_->forward(task.parameters, inputs, slices, workspace_, &pass);
  for (std::size_t slice = slices.numbers.begin; slice < slices.numbers.end; ++slice) {
    double& loss = losses_[slice - task.first_slice];
    loss =
        loss_and_gradient(loss_, loader_, slices.rows_of(slice), outputs, workspace_.output_delta(inputs.rows()), loss);
    finite_ = finite_ && std::isfinite(loss);
  }
  profile_->lap(Phase::forward);

  finite_ = model_->backward(task.parameters, inputs, slices, sums, workspace_, on_progress, &pass) && finite_;
  profile_->lap(Phase::backward);
}

void LocalGradient::gather(const Task& task, const OwnedSlices& slices) {
  std::span<const std::uint32_t> numbers = task.batch.numbers_of(slices.samples);
  std::span<const std::uint32_t> places = task.batch.places_of(slices.samples);
  if (mixup_ > 0) {
    add_partners(task, slices);
    numbers = numbers_;
    places = places_;
  }
  loader_.gather(places);
  if (augmenter_) loader_.augment(*augmenter_, task.step / steps_per_epoch_, numbers);
  if (mixup_ > 0) loader_.mix(task.share, partners_);
}

/// The partner of a sample is the one that follows it, of the last the first: in the batch, of which any rank can
/// gather all, or in the slice, where a rank has no other samples.
void LocalGradient::add_partners(const Task& task, const OwnedSlices& slices) {
  const Batch& batch = task.batch;
  const auto add = [&](const Range& samples) {
    const auto append = [&](auto from, auto& to) { to.insert(to.end(), from.begin(), from.end()); };
    append(batch.numbers_of(samples), numbers_);
    append(batch.places_of(samples), places_);
  };
  numbers_.clear();
  places_.clear();
  partners_.clear();
  add(slices.samples);
  for (std::size_t slice = slices.numbers.begin; slice < slices.numbers.end; ++slice) {
    const Range& rows = slices.rows_of(slice);
    const Range circle = mixes_within_slices_ ? part_of(batch.size, all_slices_, slice) : Range{0, batch.size};
    for (std::size_t row = rows.begin; row < rows.end; ++row) {
      const std::size_t next = slices.samples.begin + row + 1;
      if (next < std::min(circle.end, slices.samples.end)) {
        partners_.push_back(static_cast<std::uint32_t>(row + 1));
        continue;
      }
      const std::size_t partner = next < circle.end ? next : circle.begin;
      partners_.push_back(static_cast<std::uint32_t>(places_.size()));
      add({partner, partner + 1});
    }
  }
}

void LocalGradient::check_finite(std::uint64_t step) {
  const std::size_t rows = loader_.inputs().rows();
  if (!is_finite(loader_.inputs())) throw failure("step {}: an input of this rank is not finite", step);
  for (std::size_t layer = 0; layer < model_->layers().size(); ++layer)
    if (!is_finite(workspace_.activations(layer, rows)))
      throw failure("step {}: an output of layer {} is not finite on this rank, so neither is the loss; {}", step,
                    layer, remedy_);
  for (std::size_t layer = model_->layers().size(); layer-- > 0;)
    if (!is_finite(workspace_.delta(layer, rows)))
      throw failure("step {}: the gradient is not finite at the outputs of layer {} on this rank; {}", step, layer,
                    remedy_);
}

}  // namespace lockstep
