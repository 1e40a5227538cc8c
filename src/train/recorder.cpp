#include "train/recorder.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdio>

#include "base/atomic_file.hpp"
#include "base/counted.hpp"
#include "base/marked_text.hpp"
#include "base/rank_report.hpp"
#include "base/version.hpp"
#include "config/write.hpp"
#include "metrics/trace.hpp"
#include "nn/build_model.hpp"
#include "nn/loss.hpp"

namespace lockstep {

namespace {

/// Tables of metrics and the environment are written anew each time, whole: in each of many short epochs that would
/// take longer than the epoch.
constexpr double kSecondsBetweenTables = 1;

double run_speed(const Progress& progress) {
  return progress.run_seconds > 0 ? static_cast<double>(progress.run_samples) / progress.run_seconds : 0;
}

std::string describe_samples(const DatasetInfo& data) {
  const char* feature = data.bytes ? "byte" : data.feature_words.empty() ? "number" : "column";
  const std::string features = data.feature_shape.size() == 1
                                   ? counted(data.feature_shape.front(), feature)
                                   : fmt::format("{} {}s", fmt::join(data.feature_shape, " x "), feature);
  const std::string outputs = data.task == Task::classification ? counted(data.outputs(), "class", "classes")
                                                                : counted(data.outputs(), "target");
  return fmt::format("{}, {}{}{}", features, outputs, data.dialect.empty() ? "" : "; CSV with ", data.dialect);
}

}  // namespace

Recorder::Recorder(const Config& config, FolderOwner& owner, ProgramStart start, Platform platform, const Model& model,
                   CheckpointInfo info, std::uint64_t steps_per_epoch)
    : config_(config),
      owner_(&owner),
      start_(std::move(start)),
      run_folder_(owner.folder()),
      checkpoints_(run_folder_),
      platform_(std::move(platform)),
      model_(&model),
      info_(std::move(info)),
      steps_per_epoch_(steps_per_epoch),
      selection_(config),
      watched_(selection_.validates() ? "validation" : "test"),
      score_(config.train.monitor == Metric::loss ? main_score(info_.data.task) : config.train.monitor),
      columns_(selection_.validates()
                   ? metrics_of(info_.data.task, has_probabilities(config.train.loss.name), score_ == Metric::roc_auc)
                   : std::vector<Metric>{Metric::loss, main_score(info_.data.task)}),
      saved_(model, config) {}

void Recorder::begin(const Progress& progress, const ResumePoint& resume) {
  owner_->check();
  remove_partial_files(run_folder_);
  remove_partial_files(run_folder_ / "checkpoints");
  write_text_file(run_folder_ / "config.toml", with_mark(info_.config));
  metrics_ = std::make_unique<MetricsLog>(run_folder_, progress.step, config_.metrics.tensorboard);
  EnvironmentLog::Start start = describe_start(start_, platform_);
  start["train_digest"] = info_.data.digest;
  start["test_digest"] = info_.test_digest;
  if (selection_.validates()) start["validation_digest"] = info_.validation_digest;
  start["first_step"] = progress.step;
  start["started_from"] = info_.started_from;
  environment_ = std::make_unique<EnvironmentLog>(run_folder_, !resume.checkpoint, std::move(start));
  environment_->update(progress.step, start_.wall.seconds(), "");
  environment_->save_job()();
  checkpoints_.create();
  if (!resume.checkpoint) checkpoints_.clear();
}

void Recorder::print_start(const RunData& data, const Progress& progress, const ResumePoint& resume) const {
  fmt::print("lockstep {}\n", version());
  fmt::print("run:     {} in {}\n", config_.run.name, run_folder_.string());
  fmt::print("ranks:   {}; BLAS threads per rank: 1\n", describe_ranks(platform_));
  if (!platform_.crowded.empty()) fmt::print("warning: {}; {}\n", platform_.crowded, kCrowdedRemedy);
  fmt::print("blas:    {}\n", platform_.kernels);
  if (!platform_.environment.empty()) fmt::print("environ: {}\n", fmt::join(platform_.environment, ", "));
  fmt::print("data:    {} training{} and {}; {}\n", data.train.info.samples,
             data.validation ? fmt::format(", {} validation", data.validation->info.samples) : "",
             counted(data.test.info.samples, "test sample"),
             describe_samples(data.train.info) +
                 (config_.data.weights.empty() ? "" : fmt::format(", weighted by '{}'", config_.data.weights)));
  fmt::print("model:   {}; {}\n", describe_model(*model_), counted(model_->parameter_count(), "parameter"));
  fmt::print("step:    {} in {}; {} per epoch, {}\n", counted(config_.train.global_batch, "sample"),
             counted(info_.slices, "slice"), counted(steps_per_epoch_, "step"), counted(config_.train.epochs, "epoch"));
  if (const std::string advice = advise_on_slices(platform_.host_of_rank, info_.slices); !advice.empty())
    fmt::print("note:    {}\n", advice);
  for (const std::string& note : data.train.info.notes) fmt::print("note:    {}\n", note);
  for (const std::string& note : data.test.info.notes) fmt::print("note:    {}\n", note);
  if (data.validation)
    for (const std::string& note : data.validation->info.notes) fmt::print("note:    {}\n", note);
  for (const std::filesystem::path& path : resume.damaged)
    fmt::print("damaged: {}; passed over and renamed to end in .damaged\n", path.string());
  if (!resume.checkpoint)
    for (const std::string& note : resume.notes) fmt::print("note:    {}\n", note);
  if (resume.checkpoint) {
    const CheckpointInfo& from = resume.checkpoint->info();
    fmt::print("resumed: after epoch {}, step {}, from {}\n", progress.epoch, progress.step, from.data.source);
    if (!info_.arithmetic_changes.empty())
      fmt::print("warning: the arithmetic was changed, so the bits are not those of an undisturbed run; {}\n",
                 info_.arithmetic_changes);
    for (const std::string& note : resume.notes) fmt::print("note:    {}\n", note);
    if (progress.epoch == config_.train.epochs)
      fmt::print("note:    already complete; raise train.epochs to train on\n");
    else if (progress.epoch > config_.train.epochs)
      fmt::print("note:    {} epochs are complete, more than train.epochs = {}: nothing is trained\n", progress.epoch,
                 config_.train.epochs);
    else if (selection_.stops(progress))
      fmt::print("note:    already complete: it stopped early after epoch {}, as train.patience = {} says\n",
                 progress.epoch, config_.train.patience);
  }
  std::fflush(stdout);
}

void Recorder::record_step(const Progress& progress, const StepRecord& record) {
  owner_->check();
  metrics_->append("steps", {{"step", progress.step},
                             {"epoch", progress.epoch + 1},
                             {"loss", record.loss},
                             {"learning_rate", record.learning_rate},
                             {"gradient_norm", record.gradient_norm},
                             {"samples_per_second", record.samples_per_second}});
}

void Recorder::record_ranks(const Progress& progress, std::span<const RankSeconds> ranks) {
  owner_->check();
  for (std::size_t rank = 0; rank < ranks.size(); ++rank)
    metrics_->append("ranks", {{"step", progress.step},
                               {"epoch", progress.epoch + 1},
                               {"rank", rank},
                               {"host", platform_.host_of_rank[rank]},
                               {"input_seconds", ranks[rank].input},
                               {"compute_seconds", ranks[rank].compute},
                               {"sum_seconds", ranks[rank].sum},
                               {"wait_seconds", ranks[rank].wait}});
  const std::optional<Straggler> found = stragglers_.add(ranks);
  if (!found) return;
  progress_bar_.wipe();
  fmt::print("slow:    rank {} ({}) takes {:.1f} times as long as others for its share; that is {:.0f} % of a step\n",
             found->rank, platform_.host_of_rank[found->rank], found->times_slower, 100 * found->cost);
  std::fflush(stdout);
}

void Recorder::record_epoch(const Progress& progress, const Evaluation& watched, float learning_rate) {
  owner_->check();
  MetricsLog::Row row{{"step", progress.step}, {"epoch", progress.epoch}, {"train_loss", progress.train_loss}};
  for (const Metric metric : columns_)
    row[fmt::format("{}_{}", watched_, info_of(metric).name)] = watched.value(metric);
  row["learning_rate"] = learning_rate;
  row["samples_per_second"] = run_speed(progress);
  metrics_->append("epochs", row);
  last_score_ = watched.score;
  progress_bar_.wipe();
  epoch_seconds_.push_back(epoch_watch_.lap());
  fmt::print("{}\n",
             epoch_line({.epoch = progress.epoch,
                         .epochs = config_.train.epochs,
                         .train_loss = progress.train_loss,
                         .loss_name = watched_ + "_loss",
                         .loss = watched.loss,
                         .score_name = fmt::format("{}{}", selection_.validates() ? "" : "test_", info_of(score_).name),
                         .score = watched.value(score_),
                         .seconds = epoch_seconds_.back()}));
  std::fflush(stdout);
}

void Recorder::save(const TrainState& state, Checkpoints which) {
  if (state.progress.step == newest_step_) which.newest = false;
  const bool tables = which.last || tables_watch_.seconds() >= kSecondsBetweenTables;
  if (!which.newest && !which.best && !tables) return;
  writer_.wait();
  if (which.best) best_score_ = last_score_;
  if (which.newest) newest_step_ = state.progress.step;
  saved_.copy_from(state);
  environment_->update(state.progress.step, start_.wall.seconds(), "");
  if (which.newest || which.best) record_checkpoint(state.progress, which);
  if (tables) tables_watch_.lap();
  std::vector<std::function<void()>> jobs;
  if (tables)
    jobs = {metrics_->save_job(environment_->start()), environment_->save_job()};
  else
    jobs = {metrics_->flush_job()};
  writer_.start([this, which, jobs = std::move(jobs)] {
    for (const std::function<void()>& job : jobs) {
      owner_->check();
      job();
    }
    owner_->check();
    if (which.best) save_state(checkpoints_.best(), info_, *model_, saved_);
    if (!which.newest) return;
    owner_->check();
    save_state(checkpoints_.of_step(saved_.progress.step), info_, *model_, saved_);
    if (!selection_.validates()) {
      owner_->check();
      checkpoints_.copy_to_best(saved_.progress.step);
    }
    checkpoints_.prune(config_.checkpoint.keep);
  });
}

void Recorder::record_checkpoint(const Progress& progress, Checkpoints which) {
  const bool best = which.best || !selection_.validates();  // a copy
  metrics_->append("checkpoints", {{"step", progress.step},
                                   {"time", rounded_to_ms(unix_time())},
                                   {"newest", which.newest ? 1 : 0},
                                   {"best", best ? 1 : 0}});
}

void Recorder::finish_writing(const Progress& progress, bool done) {
  writer_.wait();
  if (!environment_) return;  // the run was complete before
  environment_->update(progress.step, start_.wall.seconds(), done ? "done" : "stopped");
  owner_->check();
  environment_->save_job()();
}

void Recorder::show_progress(const Progress& progress) {
  if (!progress_bar_.due()) return;
  const double speed = run_speed(progress);
  const std::uint64_t done = progress.epoch * info_.data.samples + progress.epoch_samples;
  const auto left = static_cast<double>(config_.train.epochs * info_.data.samples - done);
  progress_bar_.draw({.epoch = progress.epoch + 1,
                      .epochs = config_.train.epochs,
                      .step = progress.step - progress.epoch * steps_per_epoch_,
                      .steps = steps_per_epoch_,
                      .loss = progress.epoch_loss_sum / progress.epoch_weight,
                      .score_name = last_score_ ? std::string(main_score_name()) : "",
                      .score = last_score_.value_or(0),
                      .samples_per_second = speed,
                      .seconds_left = left / speed});
}

void Recorder::print_note(const std::string& note) {
  progress_bar_.wipe();
  fmt::print("note:    {}\n", note);
  std::fflush(stdout);
}

void Recorder::show_profile(const std::string& table, std::span<const std::vector<Profile::Lap>> ranks) {
  progress_bar_.wipe();
  owner_->check();
  const std::filesystem::path path = run_folder_ / "profile.json";
  write_trace(path, ranks);
  fmt::print("{}timeline: {}, the last steps of all ranks, for ui.perfetto.dev or chrome://tracing\n", table,
             path.string());
}

void Recorder::print_time() const {
  fmt::print("time:    {}", short_duration(start_.wall.seconds()));
  if (!epoch_seconds_.empty()) fmt::print(", {} per epoch", short_duration(median(epoch_seconds_)));
  fmt::print("\n");
}

std::string Recorder::monitored() const {
  return fmt::format("validation_{}", info_of(config_.train.monitor).name);
}

void Recorder::print_early_stop(const Progress& progress) {
  progress_bar_.wipe();
  fmt::print("early:   stopped after epoch {}: {} without a gain of {}; the best was {} after epoch {}\n",
             progress.epoch, counted(progress.epoch - progress.gain_epoch, "epoch"), monitored(),
             short_number(progress.best_score), progress.best_step / steps_per_epoch_);
  std::fflush(stdout);
}

void Recorder::print_done(const Progress& progress, const std::string& digest, const Evaluation& test) {
  print_time();
  if (!selection_.validates())
    fmt::print(
        "note:    the result is the last epoch's: the test set chooses nothing, and there is no validation set; "
        "data.validation_fraction = 0.1 makes one of a tenth of the training samples\n");
  const bool chosen = selection_.validates() && progress.best_step > 0;
  const std::uint64_t best_epoch = chosen ? progress.best_step / steps_per_epoch_ : progress.epoch;
  if (chosen)
    fmt::print("best:    {} {} after epoch {}, in {}\n", monitored(), short_number(progress.best_score), best_epoch,
               checkpoints_.best().string());
  fmt::print("last:    {}\n", checkpoints_.of_step(progress.step).string());
  if (progress_bar_.is_on_terminal())
    fmt::print("\n{}\n", result_table({.score_name = std::string(main_score_name()),
                                       .epoch = progress.epoch,
                                       .train_loss = progress.train_loss,
                                       .best_epoch = best_epoch,
                                       .validation_loss = chosen ? std::optional(progress.best_loss) : std::nullopt,
                                       .validation_score = best_score_,
                                       .test_loss = test.loss,
                                       .test_score = test.score}));
  fmt::print(
      "done: epoch {} step {} train_loss {} test_loss {} test_{} {} samples_per_second {:.0f} best_epoch {} digest "
      "{}\n",
      progress.epoch, progress.step, full_number(progress.train_loss), full_number(test.loss), main_score_name(),
      full_number(test.score), run_speed(progress), best_epoch, digest);
  std::fflush(stdout);
}

void Recorder::print_stopped(const Progress& progress) {
  progress_bar_.wipe();
  print_time();
  fmt::print("stopped: epoch {} step {} as asked; its checkpoint is {}; run the same command again to go on\n",
             progress.epoch, progress.step, checkpoints_.of_step(progress.step).string());
  std::fflush(stdout);
}

}  // namespace lockstep
