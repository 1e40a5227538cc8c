// A training run: epochs of steps, evaluation, checkpoints and metrics.
#pragma once

#include <filesystem>
#include <optional>

#include "comm/communicator.hpp"
#include "config/config.hpp"
#include "data/load.hpp"
#include "data/sampler.hpp"
#include "optim/schedule.hpp"
#include "train/evaluate.hpp"
#include "train/recorder.hpp"
#include "train/resume.hpp"
#include "train/step.hpp"

namespace lockstep {

/// One run on all ranks. Everything that is printed or written, rank 0 does.
class Run {
 public:
  /// Reads the data and, where rank 0 gives one, the state in `checkpoint`. Bad input when data and configuration do
  /// not fit. Collective.
  Run(const Communicator& world, const Config& config, const std::filesystem::path& folder,
      const std::optional<CheckpointReader>& checkpoint);

  /// Trains until the configured number of epochs is complete. Collective.
  void train();

 private:
  void restore(const CheckpointReader* checkpoint);
  void train_epoch();
  void finish_epoch(const RankSeconds& seconds);
  void account(const StepResult& result, std::size_t samples, double seconds);

  Communicator world_;
  Config config_;
  TrainAndTest data_;
  Scaling features_;
  Scaling targets_;
  Model model_;
  TrainState state_;
  Sampler sampler_;
  Schedule schedule_;
  TrainingStep step_;
  Evaluator evaluator_;
  std::optional<Evaluation> evaluation_;  // of the present parameters
  std::optional<Recorder> recorder_;      // on rank 0
};

}  // namespace lockstep
