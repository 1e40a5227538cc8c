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

/// Opens the checkpoint, the best one of a run's folder, or the ONNX file, with which the run in `run_folder` is to
/// begin, for `resume`. Nothing where that run goes on from a checkpoint of its own, which must have begun with the
/// same one. Bad input when it began otherwise, when there is no checkpoint, or when the run would remove it. To be
/// called by rank 0.
void open_start(const std::filesystem::path& start, const std::filesystem::path& run_folder, ResumePoint& resume);

/// The transform of a run that begins with the weights of `start`: its features are scaled as there, and its targets
/// too where they are the same; others, and the ranges of features, are those of `train`.
DataTransform transform_of_start(const CheckpointInfo& start, const Survey& train, const DataOptions& options);

/// Puts the weights of `start` in the place of initial ones, but for the last layer where the data has other classes or
/// targets. Says in words what was done. Bad input when the hidden layers are others.
std::string take_weights(const CheckpointReader& start, const Config& config, const Model& model,
                         const DatasetInfo& data, std::span<float> parameters);

/// The same of another program's network, whose features are scaled as `config` says. Bad input also when activations
/// are others. The last layer is a new one where it has another number of outputs.
std::string take_weights(const OnnxNetwork& start, const Config& config, const Model& model,
                         std::span<float> parameters);

}  // namespace lockstep
