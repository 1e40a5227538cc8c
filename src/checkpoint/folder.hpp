// The folder of a run's checkpoints: step-00000938.h5 and so on, and best.h5.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "checkpoint/checkpoint.hpp"

namespace lockstep {

/// A checkpoint of a folder, open to read, and those that were passed over for it because they are damaged.
struct OpenedCheckpoint {
  std::unique_ptr<CheckpointReader> reader;  // none: there is none, or none that is whole
  std::vector<std::filesystem::path> damaged;
};

/// Names and numbers of the checkpoints in `runs/NAME/checkpoints`.
class CheckpointFolder {
 public:
  explicit CheckpointFolder(const std::filesystem::path& run_folder);

  [[nodiscard]] std::filesystem::path of_step(std::uint64_t step) const;
  [[nodiscard]] std::filesystem::path best() const { return folder_ / "best.h5"; }

  /// The newest checkpoint that is whole, of a step or best.h5. The folder may be that of a run that goes on: a file
  /// that is removed between look and open is no reason to fail.
  [[nodiscard]] OpenedCheckpoint open_newest() const;

  /// The same for best.h5, and the newest where that is not there or damaged.
  [[nodiscard]] OpenedCheckpoint open_best() const;

  /// Why best.h5 is not the checkpoint that `progress` takes for the best, such as "is not there". Empty where it is,
  /// or where none is expected.
  [[nodiscard]] std::string flaw_of_best(const Progress& progress) const;

  /// Makes best.h5 again from the checkpoint of the same step. False when there is none that is whole.
  [[nodiscard]] bool restore_best(const Progress& progress) const;

  /// The same where nothing is chosen, so that best.h5 is a copy of the newest checkpoint, that of `step`. One that an
  /// earlier version has chosen has no flaw.
  [[nodiscard]] std::string flaw_of_copy(std::uint64_t step) const;

  /// Makes best.h5 a copy of the checkpoint of this step, which is there.
  void copy_to_best(std::uint64_t step) const;

  /// The files under the names of checkpoints, of steps and of the best, whoever wrote them.
  [[nodiscard]] std::vector<std::filesystem::path> files() const;

  /// Creates the folder. Throws Error with the cause.
  void create() const;

  /// Removes all but the `keep` newest; 0 keeps all. Files that are no checkpoints stay, here and in clear().
  void prune(std::uint64_t keep) const;

  /// Removes every checkpoint, best.h5 too.
  void clear() const;

 private:
  [[nodiscard]] std::vector<std::uint64_t> steps() const;                    // in order
  [[nodiscard]] std::optional<OpenedCheckpoint> try_to_open_newest() const;  // none: a file is gone, look again

  std::filesystem::path folder_;
};

/// What a run's folder stands for.
enum class FolderMeans { best, newest };

/// What a command means by CHECKPOINT|RUN_DIR: the file itself, or a checkpoint of the folder. There always is a
/// reader: bad input when there is no checkpoint, or none that is whole.
OpenedCheckpoint open_checkpoint(const std::filesystem::path& file_or_run_folder, FolderMeans means);

}  // namespace lockstep
