#include "train/step.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <vector>

#include "comm/together.hpp"
#include "tensor/elementwise.hpp"
#include "train/objective.hpp"

namespace lockstep {

namespace {

// Of a slice: its loss, whether its rank wants to stop, or has to, and what its samples weigh; statistics.
constexpr std::size_t kRowWidth = 4;

/// Of a batch, of which there is only one where it holds all samples. A smaller batch may leave a rank one row more
/// than the largest does, hence the row for each slice.
std::size_t most_rows(std::size_t global_batch, std::size_t samples, std::size_t slices, const Range& owned) {
  return (std::min(global_batch, samples) / slices + 1) * owned.size();
}

}  // namespace

TrainingStep::TrainingStep(const Communicator& comm, const Communicator& host, Watchdog& watchdog, Profile& profile,
                           const Config& config, const Model& model, const PreparedDataset& dataset)
    : comm_(comm),
      watchdog_(&watchdog),
      profile_(&profile),
      model_(&model),
      weights_(dataset.weights),
      is_host_root_(host.is_root()),
      frozen_(config.train.freeze),
      remedy_(remedy_for(config.train.loss, dataset)),
      slices_(config.train.slices_on(comm.size())),
      reducer_(comm, host, slices_, model.gradient_size(), kRowWidth + model.statistics_size()),
      gradient_(config, model, dataset, profile,
                most_rows(config.train.global_batch, dataset.info.samples, slices_, reducer_.owned()), slices_,
                reducer_.nodes(), [this](std::size_t layer, auto rows) { return sum_of_layer(layer, rows); }),
      update_(host, profile, config, model),
      owned_slices_(0, slices_, reducer_.owned()) {
  if (config.model.norm.over != NormOver::batch) return;
  for (const Layer& layer : model.layers())
    if (layer.normalization == Normalization::batch && !norm_sums_.contains(layer.outputs))
      norm_sums_.emplace(layer.outputs, reducer_.row_sum(2 * layer.outputs));
}

StepResult TrainingStep::take(TrainState& state, const Batch& batch, float rate, bool stop, bool norm) {
  const std::uint64_t step = state.progress.step;
  const OwnedSlices& slices = cut(batch.size);
  const bool finite = gradient_.compute(state.parameters, step, batch, slices, reducer_.gradients(),
                                        [this](std::size_t complete_from) { reducer_.progress(complete_from); });

  watchdog_->beat(Activity::summing, step + 1);
  rows_.clear();
  for (std::size_t slice = 0; slice < gradient_.losses().size(); ++slice) {
    const Range& rows = slices.rows[slice];
    const double weight = weight_of(batch, {slices.samples.begin + rows.begin, slices.samples.begin + rows.end});
    rows_.insert(rows_.end(), {gradient_.losses()[slice], stop ? 1.0 : 0.0, finite ? 0.0 : 1.0, weight});
    rows_.insert(rows_.end(), gradient_.statistics(slice).begin(), gradient_.statistics(slice).end());
  }
  const std::span<const double> sums = reducer_.exchange(rows_);
  profile_->lap(Phase::wait);

  watchdog_->beat(Activity::computing, step + 1);
  if (!std::isfinite(sums[0]) || sums[2] > 0) fail_not_finite(step + 1);
  if (is_host_root_) update_statistics(state, sums.subspan(kRowWidth), batch.size);
  const double weight = sums[3];
  update_.apply(state, reducer_, static_cast<float>(weight), rate, norm);

  watchdog_->beat(Activity::summing, step + 1);
  reducer_.finish();
  profile_->lap(Phase::wait);
  return {sums[1] > 0, sums[0], weight, norm ? update_.norm() : 0};
}

double TrainingStep::weight_of(const Batch& batch, const Range& rows) const {
  if (weights_.empty()) return static_cast<double>(rows.size());
  double sum = 0;
  for (const std::uint32_t place : batch.places_of(rows)) sum += weights_[place];
  return sum;
}

std::span<const double> TrainingStep::sum_of_layer(std::size_t layer, std::span<const double> rows) {
  return norm_sums_.at(model_->layers()[layer].outputs)(rows);
}

void TrainingStep::update_statistics(TrainState& state, std::span<const double> sums, std::size_t samples) const {
  model_->update_statistics(sums, samples, state.parameters, frozen_);
  if (state.average.empty()) return;
  const std::size_t first = model_->gradient_size();  // they are averages of their own
  std::ranges::copy(state.parameters.subspan(first), state.average.subspan(first).begin());
}

const OwnedSlices& TrainingStep::cut(std::size_t batch) {
  if (batch != cut_batch_) owned_slices_ = OwnedSlices(cut_batch_ = batch, slices_, reducer_.owned());
  return owned_slices_;
}

void TrainingStep::fail_not_finite(std::uint64_t step) {
  together(comm_, [&] { gradient_.check_finite(step); });
  together(comm_, [&] {
    for (std::size_t layer = model_->layers().size(); layer-- > 0;) {
      const Range range = model_->layers()[layer].range();
      for (const std::span<float> gradient : reducer_.gradients())
        if (!all_within(kLargestGradient, gradient.subspan(range.begin, range.size())))
          throw failure("step {}: the gradient of layer {} is not finite, or above {:g}, on this rank; {}", step, layer,
                        kLargestGradient, remedy_);
    }
    throw failure("step {}: the sum of the losses is not finite; {}", step, remedy_);
  });
  std::abort();  // not reached: one of the two has thrown
}

}  // namespace lockstep
