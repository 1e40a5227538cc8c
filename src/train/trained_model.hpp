// A model out of a checkpoint on all ranks.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "comm/communicator.hpp"
#include "predict/trained_model.hpp"
#include "train/test_set.hpp"

namespace lockstep {

/// Loads a checkpoint, or the one that a run's folder stands for, with its configuration changed by `overrides`
/// ("KEY=VALUE") as far as its use allows. Only rank 0 reads the file; it prints a note for each damaged one that
/// it passes over. Bad input when there is none, or it is damaged or does not fit. Collective.
TrainedModel load_trained_model(const Communicator& world, const std::filesystem::path& file_or_run_folder,
                                FolderMeans means, NetworkUse use, const std::vector<std::string>& overrides);

}  // namespace lockstep
