// A training run: epochs of steps, evaluation, checkpoints and metrics.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "base/deadline.hpp"
#include "comm/communicator.hpp"
#include "config/config.hpp"
#include "optim/schedule.hpp"
#include "train/environment.hpp"
#include "train/evaluate.hpp"
#include "train/host_data.hpp"
#include "train/recorder.hpp"
#include "train/resume.hpp"
#include "train/selection.hpp"
#include "train/step.hpp"
#include "train/watchdog.hpp"

namespace lockstep {

/// What came of a run.
struct RunResult {
  ExitStatus status = ExitStatus::done;
  double test_loss = 0;    // of a run that is done
  double test_score = 0;   // likewise
  std::string score_name;  // "accuracy" or "r2"
  std::string digest;      // of the last parameters, on rank 0

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& status& test_loss& test_score& score_name& digest;
  }
};

/// One run on all ranks. Everything that is printed or written, rank 0 does.
class Run {
 public:
  /// Reads the data and, where rank 0 gives one, the state in `checkpoint`. Bad input when data and configuration do
  /// not fit. With `profile`, train() ends with a profile of its steps. Collective.
  /// Rank 0 gives the owner of the run's folder; others none.
  Run(const Communicator& world, const Config& config, ProgramStart start, FolderOwner* owner, ResumePoint resume,
      bool profile);

  /// Stops also when `asks` says so, on rank 0, which is asked before each step.
  void stop_also_when(std::function<bool()> asks) { asks_to_stop_ = std::move(asks); }

  /// Trains until the configured number of epochs is complete, or until some rank is asked to stop. Collective; the
  /// same on every rank, but for the digest.
  RunResult train();

 private:
  /// What checkpoints of this run say beside its progress.
  [[nodiscard]] CheckpointInfo describe() const;
  void restore(const std::filesystem::path& folder, ResumePoint& resume);
  /// Takes the epoch's steps. False when it was asked to stop before the last of them.
  bool train_epoch();
  void finish_epoch();
  /// True when the present parameters are the best so far, by this evaluation.
  bool update_best(const Evaluation& watched);
  /// Where a run that goes on after an epoch has lost its best checkpoint, that epoch is the best so far. Collective.
  void choose_best_again();
  /// Of the present parameters, on the validation set or, where there is none, the test set. Collective.
  const Evaluation& evaluate();
  Evaluation measure(Evaluator& evaluator);
  /// Of the parameters that were chosen, which become the present ones, or else of the last. Collective.
  Evaluation measure_test();
  void take_best_parameters();
  /// What the first rank has of the state, on all ranks. Collective.
  void share_state();
  void save(Recorder& recorder, const Recorder::Checkpoints& which);
  void account(const StepResult& result, std::size_t samples, double seconds);
  /// Records what every rank spent in the steps since the last call. Collective.
  void record_ranks();
  /// Says, after the first such epoch and after the last one, that the score is no better than a guess. Collective.
  void note_poor_score(const Evaluation& watched);
  /// Prints and writes the profile. Collective.
  void show_profile();

  /// True when this rank wants the step that is about to be taken to be the last one of this start of the program.
  [[nodiscard]] bool wants_stop() const;

  Communicator world_;
  Communicator host_;  // the ranks that share the data and the state
  Config config_;
  Deadline deadline_;  // on rank 0
  Watchdog watchdog_;
  Profile profile_;
  bool shows_profile_;
  PhaseSeconds recorded_{};  // of the profile, in the records of ranks
  RunData data_;
  Model model_;
  TrainState state_;
  Schedule schedule_;
  TrainingStep step_;
  ModelSelection selection_;
  Evaluator evaluator_;                   // of what is measured after each epoch
  double guess_;                          // the score that takes no network
  std::optional<Evaluation> evaluation_;  // of the present parameters
  std::optional<Recorder> recorder_;      // on rank 0
  std::uint64_t first_step_ = 0;          // of this start of the program
  bool complete_ = false;                 // nothing was left to train, when the program started
  bool best_is_lost_ = false;             // of a run that goes on
  double step_seconds_ = 0;               // that the slowest step took, and the last evaluation
  double evaluation_seconds_ = 0;
  bool noted_poor_score_ = false;
  std::function<bool()> asks_to_stop_ = [] { return false; };
  bool stop_ = false;  // all ranks have agreed to stop
};

}  // namespace lockstep
