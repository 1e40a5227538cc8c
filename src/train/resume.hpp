// Going on where an earlier run stopped.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "checkpoint/checkpoint.hpp"
#include "config/config.hpp"
#include "onnx/network.hpp"

namespace lockstep {

enum class Resume {
  automatic,  // where there is a checkpoint
  never,      // begin anew; an earlier run's checkpoints in the folder are removed
  must,       // a checkpoint has to be there
};

/// What the command line says of it.
struct ResumeOptions {
  Resume mode = Resume::automatic;
  bool allow_changes = false;  // of the arithmetic
};

/// Where a run goes on.
struct ResumePoint {
  std::unique_ptr<CheckpointReader> checkpoint;  // none: the run begins
  std::unique_ptr<CheckpointReader> start;       // without it: what the run begins with; none: initial weights,
  std::optional<OnnxNetwork> foreign_start;      // or those of another program
  std::vector<std::filesystem::path> damaged;    // newer checkpoints, passed over because they are damaged
  std::vector<std::string> changes;              // of the arithmetic, allowed on the command line
  bool allow_changes = false;
  bool best_is_lost = false;       // the best checkpoint so far, with no other of the same step
  std::vector<std::string> notes;  // for the user

  /// The digest of the parameters of another run with which this one began, or of another program's file. Empty: it
  /// began with initial weights.
  [[nodiscard]] std::string started_from() const;

  /// The checkpoint whose columns the data must have, where the run began with that of another run.
  [[nodiscard]] const CheckpointInfo* known_data() const;

  /// False where a run goes on that was split without regard to classes.
  [[nodiscard]] bool test_by_class() const { return !checkpoint || checkpoint->info().test_by_class; }

  /// Adds changes of the arithmetic. Bad input, naming them, unless they are allowed.
  void add_changes(const std::vector<std::string>& found);

  /// All changes of the arithmetic since the run began, in words. Empty: it is the undisturbed run.
  [[nodiscard]] std::string all_changes() const;

  /// Forgets in `progress`, which is the checkpoint's, what was chosen by another validation set than this one, or by
  /// another metric.
  void forget_other_choices(const Config& config, const std::string& validation_digest, Progress& progress);

  /// Sees to it that `progress` claims no best checkpoint that is not in the run's folder: it is made again from the
  /// checkpoint of the same step, or the best begins anew. Where nothing is `chosen`, best.h5 is the newest checkpoint.
  void check_best(const std::filesystem::path& run_folder, bool chosen, Progress& progress);
};

/// Finds the newest checkpoint that is not damaged; best.h5 is one of them. To be called by rank 0. Bad input when
/// there is none and there must be one, when all are damaged, or when going on with `slices` slices of a step as
/// `config` says would change the arithmetic and that is not allowed. What may differ is how long the run is, where the
/// learning rates do not depend on it, what it writes and where its data lies.
ResumePoint find_resume_point(const std::filesystem::path& run_folder, const ResumeOptions& options,
                              const Config& config, std::uint64_t slices);

/// Renames damaged checkpoints to NAME.damaged, so that they are neither resumed from nor counted.
void set_aside(const std::vector<std::filesystem::path>& damaged);

/// Bad input when the checkpoint was made on other training data.
void check_same_data(const CheckpointInfo& checkpoint, const Dataset& train);

/// What a message on data that are not the checkpoint's says where another version wrote it, which may have divided the
/// same file otherwise.
std::string hint_on_version(const CheckpointInfo& checkpoint);

/// Bad input when the checkpoint belongs to a run with a validation set, and this one has none, or the other way round:
/// its epochs would be measured on something else.
void check_same_validation(const CheckpointInfo& checkpoint, bool validates);

}  // namespace lockstep
