#include "train/run.hpp"

#include "base/output.hpp"
#include "base/stop_request.hpp"
#include "base/stopwatch.hpp"
#include "base/version.hpp"
#include "comm/broadcast.hpp"
#include "comm/shared_memory.hpp"
#include "comm/together.hpp"
#include "config/compare.hpp"
#include "config/effect.hpp"
#include "config/write.hpp"
#include "data/checks.hpp"
#include "data/classes.hpp"
#include "nn/build_model.hpp"
#include "predict/parameters.hpp"
#include "train/outcome.hpp"
#include "train/replicas.hpp"
#include "train/start_from.hpp"

namespace lockstep {

namespace {

/// True for every `every`-th number. 0: never.
bool is_due(std::uint64_t every, std::uint64_t number) {
  return every > 0 && number % every == 0;
}

Deadline deadline_of(const RunOptions& options) {
  if (options.time_limit == 0) return {};
  if (options.time_limit == kTimeLimitFromSlurm) return Deadline::of_slurm_job();
  return Deadline(std::chrono::seconds(options.time_limit));
}

/// Bad input where the monitored value is not defined on the validation set.
void check_monitor(const Config& config, const PreparedDataset& validation) {
  if (info_of(config.train.monitor).needs != Needs::all_outputs) return;
  if (const auto empty = empty_classes(validation.info, validation.labels); !empty.empty())
    throw bad_input(
        "train.monitor: \"{}\" needs samples of every class, and no validation sample is of class {}; monitor "
        "\"loss\", or give more validation samples",
        info_of(config.train.monitor).name, list_names(empty));
}

/// The data, on which every key of the configuration has an effect.
RunData load_for_training(const Communicator& world, const Config& config, const ResumePoint& resume) {
  RunData data = load_on_every_host(world, config, resume);
  const std::uint64_t steps_per_epoch = steps_in_epoch(data.train.info.samples, config.train.global_batch);
  together(world, [&] {
    if (!world.is_root()) return;
    check_with_data(config, data.train.info.task, config.train.epochs * steps_per_epoch);
    if (config.augment.changes_images()) check_images(data.train.info);
    if (data.validation) check_monitor(config, *data.validation);
  });
  return data;
}

/// The model, where each host has room for what its ranks will share in training it. Collective.
Model with_room(const Communicator& world, const Communicator& host, const Config& config, Model model) {
  const std::size_t parameters = sizeof(float) * TrainState::floats(model, config);
  const std::size_t gradients =
      GradientReducer::shared_bytes(world, host, config.train.slices_on(world.size()), model.gradient_size());
  together(world, [&] {
    if (host.is_root() && host.size() > 1) check_shared_room(parameters + gradients, "parameters and gradients");
  });
  return model;
}

}  // namespace

Run::Run(const Communicator& world, const Config& config, ProgramStart start, FolderOwner* owner, ResumePoint resume,
         bool profile)
    : world_(world),
      host_(world.on_this_host()),
      config_(config),
      deadline_(world.is_root() ? deadline_of(config.run) : Deadline()),
      watchdog_(world, config.train.watchdog_seconds),
      shows_profile_(profile),
      data_(load_for_training(world, config, resume)),
      model_(with_room(world_, host_, config,
                       build_model(config.model, data_.train.inputs(), data_.train.info.outputs(),
                                   agree_on_arithmetic(world, {config.train.kernels, config.train.precision})))),
      state_(model_, config, host_),
      schedule_(config.schedule, config.optimizer.learning_rate, data_.sampler->steps_per_epoch(),
                config.train.epochs * data_.sampler->steps_per_epoch()),
      step_(world, host_, watchdog_, profile_, config, model_, data_.train),
      selection_(config),
      evaluator_(world, model_, config.train.loss, data_.watched(), selection_.outputs()),
      guess_(score_of_a_guess(data_.watched())) {
  restore(owner != nullptr ? owner->folder() : "", resume);
  first_step_ = state_.progress.step;
  Platform platform = survey_platform(world, model_.arithmetic());
  if (!world.is_root()) return;
  CheckpointInfo info = describe();
  info.arithmetic_changes = resume.all_changes();
  info.started_from = resume.started_from();
  info.test_by_class = resume.test_by_class();
  recorder_.emplace(config, *owner, std::move(start), std::move(platform), model_, std::move(info),
                    data_.sampler->steps_per_epoch());
  if (!complete_ || best_is_lost_) recorder_->begin(state_.progress, resume);
  recorder_->print_start(data_, state_.progress, resume);
}

CheckpointInfo Run::describe() const {
  return {.lockstep_version = version(),
          .config = write_config(config_),
          .blas_kernel = kernel_name(model_.kernels()),
          .digest = {},
          .c_library = c_library(),
          .slices = config_.train.slices_on(world_.size()),
          .arithmetic_changes = {},
          .progress = {},
          .data = data_.train.info,
          .transform = data_.train.transform,
          .test_samples = data_.test.info.samples,
          .test_digest = data_.test.info.digest,
          .validation_samples = data_.validation ? data_.validation->info.samples : 0,
          .validation_digest = data_.validation ? data_.validation->info.digest : "",
          .started_from = {}};
}

void Run::restore(const std::filesystem::path& folder, ResumePoint& resume) {
  std::size_t complete = 0;
  together(world_, [&] {
    if (resume.checkpoint) {
      check_same_validation(resume.checkpoint->info(), selection_.validates());
      const CheckpointInfo now = describe();
      resume.add_changes(changed_programs(resume.checkpoint->info(), now));
      load_state(*resume.checkpoint, model_, state_);
      complete = selection_.finished(state_.progress) ? 1 : 0;
      set_aside(resume.damaged);
      if (complete == 0) resume.forget_other_choices(config_, now.validation_digest, state_.progress);
      resume.check_best(folder, selection_.validates(), state_.progress);
    } else if (world_.is_root()) {
      model_.initialize(config_.model.init, config_.run.seed, state_.parameters, config_.model.init_distribution);
      if (resume.start)
        resume.notes.push_back("begins " +
                               take_weights(*resume.start, config_, model_, data_.train.info, state_.parameters));
      if (resume.foreign_start)
        resume.notes.push_back("begins " + take_weights(*resume.foreign_start, config_, model_, state_.parameters));
      if (!state_.average.empty()) std::ranges::copy(state_.parameters, state_.average.begin());
    }
  });
  broadcast(world_, state_.progress);
  std::size_t lost = resume.best_is_lost ? 1 : 0;
  world_.broadcast(complete);
  world_.broadcast(lost);
  complete_ = complete > 0;
  best_is_lost_ = lost > 0;
  share_state();
}

void Run::share_state() {
  const Communicator first_ranks = world_.split(host_.is_root() ? 0 : 1);
  if (host_.is_root()) first_ranks.broadcast(state_.all_floats());
  host_.barrier();
}

RunResult Run::train() {
  world_.barrier();
  profile_.start();
  choose_best_again();
  while (!selection_.finished(state_.progress) && !stop_)
    if (train_epoch()) finish_epoch();
  const bool done = selection_.finished(state_.progress);
  if (recorder_ && !complete_) save(*recorder_, {.newest = true, .last = true});
  if (recorder_) recorder_->wait_for_writing();
  const std::string digest = recorder_ ? parameter_digest(model_, state_.model_parameters()) : "";
  profile_.lap(Phase::checkpoint);
  const Evaluation test = done ? measure_test() : Evaluation();
  profile_.lap(Phase::evaluate);
  if (recorder_) recorder_->finish_writing(state_.progress, done);
  if (shows_profile_) show_profile();
  if (recorder_) {
    if (done)
      recorder_->print_done(state_.progress, digest, test);
    else
      recorder_->print_stopped(state_.progress);
  }
  together(world_, [&] {
    if (recorder_) flush_output(fmt::format("the run has ended after step {} with a checkpoint", state_.progress.step));
  });
  return {.status = done ? ExitStatus::done : ExitStatus::stopped,
          .test_loss = test.loss,
          .test_score = test.score,
          .score_name = std::string(info_of(main_score(data_.train.info.task)).name),
          .digest = digest};
}

bool Run::wants_stop() const {
  if (stop_requested()) return true;
  if (!recorder_) return false;
  if (asks_to_stop_()) return true;
  if (output_failed()) return true;  // a run that cannot say how it goes is kept, and ends
  const std::uint64_t most = config_.run.stop_after_steps;
  if (most > 0 && state_.progress.step + 1 >= first_step_ + most) return true;
  // This step and, before the next question, one more, each perhaps with what belongs to the end of an epoch.
  constexpr double kMargin = 0.5;
  return deadline_.is_nearer_than(kMargin + 2 * (step_seconds_ + recorder_->seconds_to_save()) + evaluation_seconds_);
}

bool Run::train_epoch() {
  const Progress& progress = state_.progress;
  const std::size_t steps = data_.sampler->steps_per_epoch();
  for (std::size_t step = progress.step - progress.epoch * steps; step < steps; ++step) {
    Stopwatch watch;
    watchdog_.beat(Activity::computing, progress.step + 1);
    const auto batch = data_.sampler->batch(progress.epoch, step);
    const float rate = schedule_.rate(progress.step, progress.rate_drops);
    const bool record = is_due(config_.metrics.every_steps, progress.step + 1);
    const StepResult result = step_.take(state_, batch, rate, wants_stop(), record);

    const double seconds = watch.lap();
    account(result, batch.size, seconds);
    if (is_due(config_.train.check_replicas_every, progress.step)) {
      watchdog_.beat(Activity::summing, progress.step);
      check_replicas(world_, model_, state_.parameters, progress.step);
    }
    if (recorder_) {
      recorder_->check_writing();
      if (record)
        recorder_->record_step(progress, {.loss = result.loss_sum / result.weight,
                                          .learning_rate = rate,
                                          .gradient_norm = result.gradient_norm,
                                          .samples_per_second = static_cast<double>(batch.size) / seconds});
      recorder_->show_progress(progress);
    }
    if (step + 1 == steps || is_due(config_.metrics.ranks_every_steps, progress.step)) record_ranks();
    // The checkpoint of an epoch's last step is written when the epoch is complete.
    if (recorder_ && step + 1 < steps && is_due(config_.checkpoint.every_steps, progress.step))
      save(*recorder_, {.newest = true});
    profile_.lap(Phase::checkpoint);
    if (stop_ && step + 1 < steps) return false;
  }
  return true;
}

void Run::account(const StepResult& result, std::size_t samples, double seconds) {
  Progress& progress = state_.progress;
  ++progress.step;
  progress.epoch_samples += samples;
  progress.epoch_loss_sum += result.loss_sum;
  progress.epoch_weight += result.weight;
  progress.run_samples += samples;
  progress.run_seconds += seconds;
  step_seconds_ = std::max(step_seconds_, seconds);
  stop_ = result.stop;
  evaluation_.reset();
}

void Run::finish_epoch() {
  Progress& progress = state_.progress;
  ++progress.epoch;
  progress.train_loss = progress.epoch_loss_sum / progress.epoch_weight;
  progress.epoch_samples = 0;
  progress.epoch_loss_sum = 0;
  progress.epoch_weight = 0;

  const Evaluation& watched = evaluate();
  profile_.lap(Phase::evaluate);
  const float rate = schedule_.rate(progress.step - 1, progress.rate_drops);
  const bool best = update_best(watched);
  selection_.lower_rate(progress);
  if (recorder_) {
    recorder_->record_epoch(progress, watched, rate);
    const bool due = is_due(config_.checkpoint.every_epochs, progress.epoch) ||
                     is_due(config_.checkpoint.every_steps, progress.step);
    // The run's last checkpoint is written when all else is, so that nothing is missing in a run that is complete.
    save(*recorder_, {.newest = due && !selection_.finished(progress), .best = best});
  }
  note_poor_score(watched);
  const bool early = selection_.stops(progress) && progress.epoch < config_.train.epochs;
  if (recorder_ && early) recorder_->print_early_stop(progress);
  profile_.lap(Phase::checkpoint);
}

void Run::save(Recorder& recorder, const Recorder::Checkpoints& which) {
  watchdog_.beat(Activity::writing, state_.progress.step);
  recorder.save(state_, which);
}

}  // namespace lockstep
