// A model out of a checkpoint, ready to evaluate or to predict.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "checkpoint/folder.hpp"
#include "comm/communicator.hpp"
#include "config/config.hpp"
#include "nn/model.hpp"
#include "tensor/aligned_buffer.hpp"

namespace lockstep {

struct TrainedModel {
  CheckpointInfo info;
  Config config;  // of the run, with overrides
  Model model;
  AlignedBuffer parameters;
};

/// Loads a checkpoint, or the one that a run's folder stands for, with its configuration changed by `overrides`
/// ("KEY=VALUE"). Only rank 0 reads the file; it prints a note for each damaged one that it passes over. Bad input when
/// there is none, or it is damaged or does not fit. Collective.
TrainedModel load_trained_model(const Communicator& world, const std::filesystem::path& file_or_run_folder,
                                FolderMeans means, const std::vector<std::string>& overrides);

}  // namespace lockstep
