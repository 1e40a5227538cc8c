#include "train/run.hpp"

#include <cmath>

#include "base/version.hpp"
#include "comm/broadcast.hpp"
#include "comm/together.hpp"
#include "config/write.hpp"
#include "tensor/blas.hpp"
#include "train/build_model.hpp"
#include "train/host_data.hpp"
#include "train/stopwatch.hpp"

namespace lockstep {

namespace {

/// What rank 0 makes, on every rank.
template <class Make>
auto from_root(const Communicator& world, Make&& make) {
  decltype(make()) value;
  if (world.is_root()) value = make();
  broadcast(world, value);
  return value;
}

/// True for every `every`-th number. 0: never.
bool is_due(std::uint64_t every, std::uint64_t number) {
  return every > 0 && number % every == 0;
}

double norm(std::span<const float> values) {
  double squares = 0;
  for (const float value : values) squares += static_cast<double>(value) * static_cast<double>(value);
  return std::sqrt(squares);
}

}  // namespace

Run::Run(const Communicator& world, const Config& config, const std::filesystem::path& folder,
         const std::optional<CheckpointReader>& checkpoint)
    : world_(world),
      config_(config),
      data_(load_on_every_host(world, config)),
      features_(from_root(world, [&] { return feature_scaling(data_.train, config.data.standardize); })),
      targets_(from_root(world, [&] { return target_scaling(data_.train, config.data.standardize_targets); })),
      model_(build_model(config.model, data_.train.info)),
      state_(model_, config.optimizer),
      sampler_(static_cast<std::uint32_t>(data_.train.info.samples), config.train.global_batch, config.run.seed),
      schedule_(config.schedule, config.optimizer.learning_rate, sampler_.steps_per_epoch(),
                config.train.epochs * sampler_.steps_per_epoch()),
      step_(world, model_, config.train.loss, data_.train, features_, targets_, config.train.global_batch,
            config.train.slices_on(world.size())),
      evaluator_(world, model_, config.train.loss, data_.test, features_, targets_) {
  restore(checkpoint ? &*checkpoint : nullptr);
  Platform platform = survey_platform(world);
  if (!world.is_root()) return;
  const CheckpointInfo info{.lockstep_version = version(),
                            .config = write_config(config),
                            .blas_kernel = blas_kernel(),
                            .digest = {},
                            .progress = {},
                            .data = data_.train.info,
                            .features = features_,
                            .targets = targets_};
  recorder_.emplace(config, folder, std::move(platform), model_, info, state_.progress, sampler_.steps_per_epoch());
  recorder_->print_start(data_, config.train.slices_on(world.size()), state_.progress);
}

void Run::restore(const CheckpointReader* checkpoint) {
  together(world_, [&] {
    if (checkpoint != nullptr) {
      check_same_data(checkpoint->info(), data_.train.info);
      load_state(*checkpoint, model_, state_);
    } else if (world_.is_root()) {
      model_.initialize(config_.run.seed, state_.parameters());
    }
  });
  broadcast(world_, state_.progress);
  world_.broadcast(state_.parameters());
  world_.broadcast(state_.optimizer.velocity());
}

void Run::train() {
  while (state_.progress.epoch < config_.train.epochs) train_epoch();
  if (!evaluation_) evaluation_ = evaluator_.evaluate(state_.parameters());
  if (!recorder_) return;
  recorder_->write_checkpoint(state_);
  recorder_->print_done(state_, *evaluation_);
}

void Run::train_epoch() {
  const Progress& progress = state_.progress;
  RankSeconds seconds;
  for (std::size_t step = progress.step - progress.epoch * sampler_.steps_per_epoch();
       step < sampler_.steps_per_epoch(); ++step) {
    Stopwatch watch;
    const auto batch = sampler_.batch(progress.epoch, step);
    const float rate = schedule_.rate(progress.step);
    const StepResult result = step_.take(state_, batch, rate);

    const auto samples = static_cast<double>(batch.size());
    const double step_seconds = watch.lap();
    account(result, batch.size(), step_seconds);
    seconds.compute += result.compute_seconds;
    seconds.sum += result.sum_seconds;
    if (!recorder_) continue;
    if (recorder_->wants_step(progress))
      recorder_->record_step(progress, {.loss = result.loss_sum / samples,
                                        .learning_rate = rate,
                                        .gradient_norm = norm(result.gradient),
                                        .samples_per_second = samples / step_seconds});
    recorder_->show_progress(progress);
    // The checkpoint of an epoch's last step is written when the epoch is complete.
    const bool last = step + 1 == sampler_.steps_per_epoch();
    if (!last && is_due(config_.checkpoint.every_steps, progress.step)) recorder_->write_checkpoint(state_);
  }
  finish_epoch(seconds);
}

void Run::account(const StepResult& result, std::size_t samples, double seconds) {
  Progress& progress = state_.progress;
  ++progress.step;
  progress.epoch_samples += samples;
  progress.epoch_loss_sum += result.loss_sum;
  progress.run_samples += samples;
  progress.run_seconds += seconds;
  evaluation_.reset();
}

void Run::finish_epoch(const RankSeconds& seconds) {
  Progress& progress = state_.progress;
  ++progress.epoch;
  progress.train_loss = progress.epoch_loss_sum / static_cast<double>(progress.epoch_samples);
  progress.epoch_samples = 0;
  progress.epoch_loss_sum = 0;

  evaluation_ = evaluator_.evaluate(state_.parameters());
  const bool best = progress.best_step == 0 || evaluation_->score > progress.best_score;
  if (best) {
    progress.best_step = progress.step;
    progress.best_score = evaluation_->score;
  }

  const std::vector<double> gathered = world_.gather(std::array{seconds.compute, seconds.sum});
  if (!recorder_) return;
  std::vector<RankSeconds> ranks;
  for (std::size_t i = 0; i < gathered.size(); i += 2) ranks.push_back({gathered[i], gathered[i + 1]});
  recorder_->record_epoch(progress, *evaluation_, schedule_.rate(progress.step - 1), ranks);
  if (best) recorder_->write_best(state_);
  if (is_due(config_.checkpoint.every_epochs, progress.epoch) || is_due(config_.checkpoint.every_steps, progress.step))
    recorder_->write_checkpoint(state_);
}

}  // namespace lockstep
