// Files of predictions: a row a sample.
#pragma once

#include <filesystem>

#include "data/scaling.hpp"
#include "tensor/matrix.hpp"

namespace lockstep {

/// CSV: the columns `sample`, counted from zero, then those that are kept, then for a classification `class` and a
/// column a class, for a regression a column a target. `outputs` are the network's, or probabilities, of shape
/// (samples, outputs); those of a regression are written in the units of the data, with all digits of float64 where
/// they were scaled. `data` describes the training data. The file appears whole or not at all. Throws Error with the
/// cause.
void write_predictions_csv(const std::filesystem::path& path, const DatasetInfo& data, const Scaling& targets,
                           ConstMatrix outputs, std::span<const KeptColumn> kept);

/// HDF5: `outputs` (samples, outputs), float64 for a regression and else float32, `output_names`, and for a
/// classification `labels` (samples): the data's own numbers, or the classes' names where the data have words. Kept
/// columns are arrays in the group `kept`. The file appears whole or not at all. Throws Error with the cause.
void write_predictions_hdf5(const std::filesystem::path& path, const DatasetInfo& data, const Scaling& targets,
                            ConstMatrix outputs, std::span<const KeptColumn> kept);

/// True when a file is one that was written so.
bool is_predictions_file(const std::filesystem::path& path);

}  // namespace lockstep
