// Files of predictions: a row a sample.
#pragma once

#include <filesystem>

#include "data/dataset.hpp"
#include "tensor/matrix.hpp"

namespace lockstep {

/// CSV: the columns `sample`, counted from zero, then for a classification `class` and a column a class, for a
/// regression a column a target. `outputs` has shape (samples, outputs); `data` describes the training data. The file
/// appears whole or not at all. Throws Error with the cause.
void write_predictions_csv(const std::filesystem::path& path, const DatasetInfo& data, ConstMatrix outputs);

/// HDF5: `outputs` (samples, outputs), `output_names`, and for a classification `labels` (samples). The file appears
/// whole or not at all. Throws Error with the cause.
void write_predictions_hdf5(const std::filesystem::path& path, const DatasetInfo& data, ConstMatrix outputs);

}  // namespace lockstep
