#include "train/step.hpp"

#include <cmath>
#include <cstdlib>
#include <vector>

#include "base/stopwatch.hpp"
#include "comm/together.hpp"
#include "tensor/finite.hpp"
#include "train/objective.hpp"

namespace lockstep {

namespace {

/// A smaller batch may leave a rank one row more than the largest does, hence the row for each slice.
std::size_t most_rows(std::size_t global_batch, std::size_t slices, const Range& owned) {
  return (global_batch / slices + 1) * owned.size();
}

}  // namespace

TrainingStep::TrainingStep(const Communicator& comm, Watchdog& watchdog, const Config& config, const Model& model,
                           const Dataset& dataset, const Scaling& features, const Scaling& targets)
    : comm_(comm),
      watchdog_(&watchdog),
      model_(&model),
      seed_(config.run.seed),
      loss_(config.train.loss),
      slices_(config.train.slices_on(comm.size())),
      reducer_(comm, slices_, model.size()),
      max_rows_(most_rows(config.train.global_batch, slices_, reducer_.owned())),
      loader_(dataset, features, targets, max_rows_, wants_one_hot(loss_, dataset.info)),
      workspace_(model, max_rows_, slices_) {}

StepResult TrainingStep::take(TrainState& state, std::span<const std::uint32_t> batch, float rate, bool stop) {
  Stopwatch watch;
  const OwnedSlices slices(batch.size(), slices_, reducer_.owned());
  const auto samples = batch.subspan(slices.samples.begin, slices.samples.size());
  loader_.gather(samples);
  const ConstMatrix inputs = loader_.inputs();

  const DropoutKey dropout{seed_, state.progress.step, samples};
  const ConstMatrix outputs = model_->forward(state.parameters(), inputs, slices, workspace_, &dropout);
  std::vector<double> rows;  // a slice each: its loss, and whether its rank wants to stop
  for (const Range& range : slices.rows) {
    const double loss = loss_and_gradient(loss_, loader_, range, outputs, workspace_.output_delta(inputs.rows()));
    rows.insert(rows.end(), {loss, stop ? 1.0 : 0.0});
  }
  model_->backward(state.parameters(), inputs, slices, reducer_.nodes(), workspace_, reducer_.gradients());
  double compute_seconds = watch.lap();

  watchdog_->beat(Activity::summing, state.progress.step + 1);
  const std::span<float> gradient = reducer_.sum();
  const std::vector<double> sums = sum_over_leaves(comm_, slices_, 2, rows);
  const double sum_seconds = watch.lap();

  watchdog_->beat(Activity::computing, state.progress.step + 1);
  for (float& g : gradient) g /= static_cast<float>(batch.size());
  if (!std::isfinite(sums[0]) || !all_finite(gradient))
    fail_not_finite(state.progress.step + 1, gradient, inputs.rows());
  state.optimizer.update(state.parameters(), gradient, rate);
  compute_seconds += watch.lap();
  return {sums[1] > 0, sums[0], gradient, compute_seconds, sum_seconds};
}

void TrainingStep::fail_not_finite(std::uint64_t step, std::span<const float> gradient, std::size_t rows) {
  constexpr const char* kRemedy = "lower optimizer.learning_rate, or look for extreme values in the data";
  together(comm_, [&] {
    if (!all_finite(loader_.inputs().values())) throw failure("step {}: an input of this rank is not finite", step);
    for (std::size_t layer = 0; layer < model_->layers().size(); ++layer)
      if (!all_finite(workspace_.activations(layer, rows).values()))
        throw failure("step {}: an output of layer {} is not finite on this rank, so neither is the loss; {}", step,
                      layer, kRemedy);
    for (std::size_t layer = model_->layers().size(); layer-- > 0;)
      if (!all_finite(workspace_.delta(layer, rows).values()))
        throw failure("step {}: the gradient is not finite at the outputs of layer {} on this rank; {}", step, layer,
                      kRemedy);
  });
  together(comm_, [&] {
    for (std::size_t layer = 0; layer < model_->layers().size(); ++layer) {
      const Range range = model_->layers()[layer].range();
      if (!all_finite(gradient.subspan(range.begin, range.size())))
        throw failure("step {}: the sum of the gradients of layer {} is not finite; {}", step, layer, kRemedy);
    }
    throw failure("step {}: the sum of the losses is not finite; {}", step, kRemedy);
  });
  std::abort();  // not reached: one of the two has thrown
}

}  // namespace lockstep
