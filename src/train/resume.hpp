// Going on where an earlier run stopped.
#pragma once

#include <filesystem>
#include <optional>

#include "checkpoint/checkpoint.hpp"
#include "comm/communicator.hpp"
#include "config/config.hpp"

namespace lockstep {

enum class Resume {
  automatic,  // where there is a checkpoint
  never,      // begin anew; an earlier run's checkpoints in the folder are removed
  must,       // a checkpoint has to be there
};

/// The checkpoint to go on from, open, or none. To be called by rank 0. Bad input when there is none and there must be
/// one, or when it belongs to a run that computes something else: what may differ is how long the run is, what it
/// writes and where its data lies.
std::optional<CheckpointReader> find_resume_point(const std::filesystem::path& run_folder, Resume mode,
                                                  const Config& config);

/// Bad input when the checkpoint was made on data of another description.
void check_same_data(const CheckpointInfo& checkpoint, const DatasetInfo& data);

}  // namespace lockstep
