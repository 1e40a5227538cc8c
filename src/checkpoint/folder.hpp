// The folder of a run's checkpoints: step-00000938.h5 and so on, and best.h5.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

namespace lockstep {

/// Names and numbers of the checkpoints in `runs/NAME/checkpoints`.
class CheckpointFolder {
 public:
  explicit CheckpointFolder(const std::filesystem::path& run_folder);

  [[nodiscard]] std::filesystem::path of_step(std::uint64_t step) const;
  [[nodiscard]] std::filesystem::path best() const { return folder_ / "best.h5"; }

  /// The newest checkpoint that was made at the end of a step.
  [[nodiscard]] std::optional<std::filesystem::path> newest() const;

  /// Every checkpoint from which a run can go on: those of steps, newest first, then best.h5.
  [[nodiscard]] std::vector<std::filesystem::path> newest_first() const;

  /// Creates the folder. Throws Error with the cause.
  void create() const;

  /// Removes all but the `keep` newest; 0 keeps all.
  void prune(std::uint64_t keep) const;

  /// Removes every checkpoint, best.h5 too.
  void clear() const;

 private:
  [[nodiscard]] std::vector<std::uint64_t> steps() const;  // in order

  std::filesystem::path folder_;
};

/// What a command means by CHECKPOINT|RUN_DIR: the file itself, or a run's newest checkpoint. Bad input when there is
/// none.
std::filesystem::path find_checkpoint(const std::filesystem::path& file_or_run_folder);

}  // namespace lockstep
