// What a run prints and writes: everything that only rank 0 does.
#pragma once

#include <filesystem>
#include <span>

#include "checkpoint/folder.hpp"
#include "config/config.hpp"
#include "data/load.hpp"
#include "metrics/log.hpp"
#include "metrics/progress_bar.hpp"
#include "train/evaluate.hpp"
#include "train/platform.hpp"
#include "train/state.hpp"

namespace lockstep {

/// The rates and times of one step.
struct StepRecord {
  double loss = 0;  // mean over the global batch
  float learning_rate = 0;
  double gradient_norm = 0;
  double samples_per_second = 0;
};

/// Seconds that a rank spent in the steps of an epoch.
struct RankSeconds {
  double compute = 0;
  double sum = 0;  // exchanging gradients and waiting for other ranks
};

/// Rank 0's record of a run. The run's folder and its metrics go on after the state's step.
class Recorder {
 public:
  Recorder(const Config& config, std::filesystem::path folder, Platform platform, const Model& model,
           CheckpointInfo info, const Progress& progress, std::uint64_t steps_per_epoch);

  /// Says what the run runs on.
  void print_start(const TrainAndTest& data, std::size_t slices, const Progress& progress) const;

  /// True when the configuration wants a row of metrics for the step just taken.
  [[nodiscard]] bool wants_step(const Progress& progress) const;
  void record_step(const Progress& progress, const StepRecord& record);
  void record_epoch(const Progress& progress, const Evaluation& test, float learning_rate,
                    std::span<const RankSeconds> ranks);

  /// Makes metrics durable, then writes the newest checkpoint, unless it is there already, and removes old ones.
  void write_checkpoint(TrainState& state);
  void write_best(TrainState& state);

  /// Redraws the progress bar when it is time.
  void show_progress(const Progress& progress);

  /// Says how the run ended. The last line is for scripts.
  void print_done(TrainState& state, const Evaluation& test);

 private:
  Config config_;
  std::filesystem::path run_folder_;
  CheckpointFolder checkpoints_;
  Platform platform_;
  const Model* model_;
  CheckpointInfo info_;
  std::uint64_t steps_per_epoch_;
  const char* score_name_;
  MetricsLog metrics_;
  ProgressBar progress_bar_;
};

}  // namespace lockstep
