// A new run that begins with what another one has learnt.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "checkpoint/checkpoint.hpp"
#include "config/config.hpp"
#include "nn/model.hpp"
#include "train/resume.hpp"

namespace lockstep {

/// Opens the checkpoint, or the best one of a run's folder, with which the run in `run_folder` is to begin. Nothing
/// where that run goes on from a checkpoint of its own, which must have begun with the same one. Bad input when it
/// began otherwise, when there is no checkpoint, or when the run would remove it. To be called by rank 0.
std::unique_ptr<CheckpointReader> open_start(const std::filesystem::path& file_or_run_folder,
                                             const std::filesystem::path& run_folder, const ResumePoint& resume);

/// The transform of a run that begins with the weights of `start`: its features are scaled as there, and its targets
/// too where they are the same; others are fitted to `train`.
DataTransform transform_of_start(const CheckpointInfo& start, const Survey& train, const DataOptions& options);

/// Puts the weights of `start` in the place of initial ones, but for the last layer where the data has other classes or
/// targets. Says in words what was done. Bad input when the hidden layers are others.
std::string take_weights(const CheckpointReader& start, const Config& config, const Model& model,
                         const DatasetInfo& data, std::span<float> parameters);

}  // namespace lockstep
