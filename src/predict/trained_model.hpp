// A model out of a checkpoint, ready to evaluate or to predict.
#pragma once

#include <filesystem>

#include "checkpoint/folder.hpp"
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

/// The model of a checkpoint for resolved kernels; its parameters are 0.
TrainedModel empty_model(CheckpointInfo info, Config config, const Arithmetic& arithmetic);

/// Loads a checkpoint, or the best of a run's folder, with its own configuration, in this process alone. Products are
/// chains of fused multiply-adds, also where the run's were OpenBLAS's. Bad input when there is none, or it is damaged.
TrainedModel load_trained_model(const std::filesystem::path& file_or_run_folder);

}  // namespace lockstep
