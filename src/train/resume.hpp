// Going on where an earlier run stopped.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "checkpoint/checkpoint.hpp"
#include "comm/communicator.hpp"
#include "config/config.hpp"

namespace lockstep {

enum class Resume {
  automatic,  // where there is a checkpoint
  never,      // begin anew; an earlier run's checkpoints in the folder are removed
  must,       // a checkpoint has to be there
};

/// Where a run goes on.
struct ResumePoint {
  std::optional<CheckpointReader> checkpoint;  // none: the run begins
  std::vector<std::filesystem::path> damaged;  // newer checkpoints, passed over because they are damaged
};

/// Finds the newest checkpoint that is not damaged. To be called by rank 0. Bad input when there is none and there must
/// be one, when all are damaged, or when it belongs to a run that computes something else: what may differ is how long
/// the run is, what it writes and where its data lies.
ResumePoint find_resume_point(const std::filesystem::path& run_folder, Resume mode, const Config& config);

/// Renames damaged checkpoints to NAME.damaged, so that they are neither resumed from nor counted.
void set_aside(const std::vector<std::filesystem::path>& damaged);

/// Bad input when the checkpoint was made on other training data.
void check_same_data(const CheckpointInfo& checkpoint, const Dataset& train);

}  // namespace lockstep
