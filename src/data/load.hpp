// From the section [data] of a configuration to data sets in memory.
#pragma once

#include <cstdint>
#include <string>

#include "data/dataset.hpp"
#include "data/options.hpp"

namespace lockstep {

struct TrainAndTest {
  Dataset train;
  Dataset test;
};

/// Reads the training and the test set. The test set has the training set's classes, features and targets;
/// what does not fit is bad input that names the file. Without a test file a random part of the training
/// samples, a pure function of `seed`, becomes the test set; both parts keep the file's order and have at
/// least one sample.
///
/// The task is a classification when `cross_entropy` is set, when the format is IDX, when an HDF5 file has
/// labels, or when the configuration names classes; else it is a regression. Cross-entropy without classes is
/// bad input.
TrainAndTest load_train_and_test(const DataOptions& options, bool cross_entropy, std::uint64_t seed);

/// Reads the test set alone, for a model that was trained on what `train` describes.
Dataset load_test(const DataOptions& options, const DatasetInfo& train);

/// Reads features alone, to predict from: those that `expected`, the description of the training set, has.
/// Columns of a table are found by their names. Bad input when they do not fit.
Dataset load_features(const std::string& path, DataFormat format, const DatasetInfo& expected);

/// The format of a file, told by its content.
DataFormat recognise_format(const std::string& path);

}  // namespace lockstep
