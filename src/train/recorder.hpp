// What a run prints and writes: everything that only rank 0 does.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "base/background_writer.hpp"
#include "base/folder_owner.hpp"
#include "base/profile.hpp"
#include "base/stopwatch.hpp"
#include "checkpoint/folder.hpp"
#include "config/config.hpp"
#include "metrics/log.hpp"
#include "metrics/progress_bar.hpp"
#include "train/environment.hpp"
#include "train/evaluate.hpp"
#include "train/host_data.hpp"
#include "train/platform.hpp"
#include "train/resume.hpp"
#include "train/selection.hpp"
#include "train/state.hpp"
#include "train/straggler.hpp"

namespace lockstep {

/// The rates and times of one step.
struct StepRecord {
  double loss = 0;  // mean over the global batch
  float learning_rate = 0;
  double gradient_norm = 0;
  double samples_per_second = 0;
};

/// Rank 0's record of a run. Nothing is written before begin().
class Recorder {
 public:
  /// Nothing is written once `owner` has lost the run's folder.
  Recorder(const Config& config, FolderOwner& owner, ProgramStart start, Platform platform, const Model& model,
           CheckpointInfo info, std::uint64_t steps_per_epoch);

  /// Prepares the run's folder for what is recorded after `progress`. Of an earlier run from which this one does not go
  /// on, the checkpoints are removed.
  void begin(const Progress& progress, const ResumePoint& resume);

  /// Says what the run runs on.
  void print_start(const RunData& data, const Progress& progress, const ResumePoint& resume) const;

  void record_step(const Progress& progress, const StepRecord& record);
  /// Records what each rank spent in the steps since the last call. Names a rank that holds up the others, unless it
  /// was the last to be named.
  void record_ranks(const Progress& progress, std::span<const RankSeconds> ranks);
  /// `watched` is the evaluation of the validation set, or without one of the test set.
  void record_epoch(const Progress& progress, const Evaluation& watched, float learning_rate);

  /// What save() is to write beside the rows of metrics.
  struct Checkpoints {
    bool newest = false;  // of the step just taken; older ones than checkpoint.keep says are removed
    bool best = false;    // of those that were chosen; where nothing is chosen, each newest one is
    bool last = false;    // the run ends with it
  };

  /// Copies the state and returns; a thread writes it behind the training. Waits where the thread has not finished the
  /// files of an earlier call, and throws what went wrong with them. A checkpoint of a step is written once. Tables of
  /// metrics and the environment are written once a second at most, and before the run's last checkpoint.
  void save(const TrainState& state, Checkpoints which);

  /// Throws what has gone wrong with writing so far. Does not wait.
  void check_writing() { writer_.check(); }

  [[nodiscard]] std::filesystem::path best_checkpoint() const { return checkpoints_.best(); }

  /// Waits until all of save() is written. Throws what went wrong.
  void wait_for_writing() { writer_.wait(); }

  /// The same, and writes how the run ended.
  void finish_writing(const Progress& progress, bool done);

  /// The seconds that it took to write files the last time.
  [[nodiscard]] double seconds_to_save() const { return writer_.last_job_seconds(); }

  /// Redraws the progress bar when it is time.
  void show_progress(const Progress& progress);

  /// Tells the user something that is no error.
  void print_note(const std::string& note);

  /// Prints the table of a profile and writes the timeline of all ranks.
  void show_profile(const std::string& table, std::span<const std::vector<Profile::Lap>> ranks);

  /// Says that the run ends before its last epoch, and why.
  void print_early_stop(const Progress& progress);

  /// Says how the run ended; `digest` is of the last epoch's parameters, and `test` of those that were chosen. The last
  /// line is for scripts.
  void print_done(const Progress& progress, const std::string& digest, const Evaluation& test);
  void print_stopped(const Progress& progress);

 private:
  void record_checkpoint(const Progress& progress, Checkpoints which);
  void print_time() const;
  /// "validation_loss": the monitored value.
  [[nodiscard]] std::string monitored() const;
  [[nodiscard]] std::string_view main_score_name() const { return info_of(main_score(info_.data.task)).name; }

  Config config_;
  FolderOwner* owner_;
  ProgramStart start_;
  std::filesystem::path run_folder_;
  CheckpointFolder checkpoints_;
  Platform platform_;
  const Model* model_;
  CheckpointInfo info_;
  std::uint64_t steps_per_epoch_;
  ModelSelection selection_;
  std::string watched_;          // what is measured after each epoch: "validation" or "test"
  Metric score_;                 // that is printed beside the loss
  std::vector<Metric> columns_;  // of `epochs`
  std::unique_ptr<MetricsLog> metrics_;
  std::unique_ptr<EnvironmentLog> environment_;
  ProgressBar progress_bar_;
  std::optional<double> last_score_;  // of the set that is watched, by this start of the program
  std::optional<double> best_score_;  // likewise, of the best epoch
  Stopwatch epoch_watch_;
  std::vector<double> epoch_seconds_;  // of this start of the program
  StragglerWatch stragglers_;
  Stopwatch tables_watch_;                    // since metrics.h5 and environment.json were written
  std::optional<std::uint64_t> newest_step_;  // of the newest checkpoint, where this start has written one
  TrainState saved_;                          // the copy that the writer writes
  BackgroundWriter writer_;
};

}  // namespace lockstep
