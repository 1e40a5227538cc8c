#include "train/step.hpp"

#include <vector>

#include "train/objective.hpp"
#include "train/stopwatch.hpp"

namespace lockstep {

namespace {

/// A smaller batch may leave a rank one row more than the largest does, hence the row for each slice.
std::size_t most_rows(std::size_t global_batch, std::size_t slices, const Range& owned) {
  return (global_batch / slices + 1) * owned.size();
}

}  // namespace

TrainingStep::TrainingStep(const Communicator& comm, const Model& model, Loss loss, const Dataset& dataset,
                           const Scaling& features, const Scaling& targets, std::size_t global_batch,
                           std::size_t slices)
    : comm_(comm),
      model_(&model),
      loss_(loss),
      slices_(slices),
      reducer_(comm, slices, model.size()),
      max_rows_(most_rows(global_batch, slices, reducer_.owned())),
      loader_(dataset, features, targets, max_rows_, wants_one_hot(loss, dataset.info)),
      workspace_(model, max_rows_, slices) {}

StepResult TrainingStep::take(TrainState& state, std::span<const std::uint32_t> batch, float rate) {
  Stopwatch watch;
  const OwnedSlices slices(batch.size(), slices_, reducer_.owned());
  loader_.gather(batch.subspan(slices.samples.begin, slices.samples.size()));
  const ConstMatrix inputs = loader_.inputs();

  const ConstMatrix outputs = model_->forward(state.parameters(), inputs, slices, workspace_);
  std::vector<double> losses;
  for (const Range& rows : slices.rows)
    losses.push_back(loss_and_gradient(loss_, loader_, rows, outputs, workspace_.output_delta(inputs.rows())));
  model_->backward(state.parameters(), inputs, slices, reducer_.nodes(), workspace_, reducer_.gradients());
  double compute_seconds = watch.lap();

  const std::span<float> gradient = reducer_.sum();
  const double loss_sum = sum_over_leaves(comm_, slices_, 1, losses)[0];
  const double sum_seconds = watch.lap();

  for (float& g : gradient) g /= static_cast<float>(batch.size());
  state.optimizer.update(state.parameters(), gradient, rate);
  compute_seconds += watch.lap();
  return {loss_sum, gradient, compute_seconds, sum_seconds};
}

}  // namespace lockstep
