// What networks say of samples, and files of it: a row a sample.
#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "data/scaling.hpp"
#include "tensor/matrix.hpp"

namespace lockstep {

/// What one network says of samples, or several on average. Of shape (samples, outputs).
struct Predictions {
  std::vector<double> values;  // probabilities, or what the network gives in their place; targets in the data's units
  std::vector<double> spread;  // of several networks: the sample standard deviation of each value; else empty
  bool is_float32 = true;      // the values have no more digits than that

  [[nodiscard]] std::size_t samples(const DatasetInfo& data) const { return values.size() / data.outputs(); }
};

/// What a network's `outputs`, of shape (samples, outputs), say. `data` describes the training data, `targets` how its
/// targets were scaled. Throws Error where a number is not finite in the units of the data.
Predictions predictions_of(const DatasetInfo& data, const Scaling& targets, ConstMatrix outputs);

/// The mean and the spread of what several networks say of the same samples.
class MeanOfPredictions {
 public:
  void add(const Predictions& one);

  /// At least one must have been added. Of only one it is that one, without a spread.
  [[nodiscard]] Predictions mean(const DatasetInfo& data) &&;

 private:
  Predictions mean_;             // of those so far
  std::vector<double> squares_;  // sums of squared distances from it
  std::size_t count_ = 0;
};

/// CSV: the columns `sample`, counted from zero, then those that are kept, then for a classification `class`, the one
/// of the greatest value, and a column a class, for a regression a column a target; where there is a spread, a column
/// `NAME sd` for each of these. The file appears whole or not at all. Throws Error with the cause.
void write_predictions_csv(const std::filesystem::path& path, const DatasetInfo& data, const Predictions& predictions,
                           std::span<const KeptColumn> kept);

/// HDF5: `outputs` (samples, outputs), float64 for a regression and else float32, where there is one `spread` of the
/// same shape, float64, `output_names`, and for a classification `labels` (samples): the data's own numbers, or the
/// classes' names where the data have words. Kept columns are arrays in the group `kept`. The file appears whole or not
/// at all. Throws Error with the cause.
void write_predictions_hdf5(const std::filesystem::path& path, const DatasetInfo& data, const Predictions& predictions,
                            std::span<const KeptColumn> kept);

/// True when a file is one that was written so.
bool is_predictions_file(const std::filesystem::path& path);

}  // namespace lockstep
