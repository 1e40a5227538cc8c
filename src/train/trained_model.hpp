// A model out of a checkpoint, ready to evaluate or to predict.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "checkpoint/checkpoint.hpp"
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

/// Loads a checkpoint, or a run's newest, with its configuration changed by `overrides` ("KEY=VALUE"). Only rank 0
/// reads the file. Bad input when it is missing, damaged or does not fit. Collective.
TrainedModel load_trained_model(const Communicator& world, const std::filesystem::path& file_or_run_folder,
                                const std::vector<std::string>& overrides);

}  // namespace lockstep
