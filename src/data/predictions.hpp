// What networks say of samples, and files of it: a row a sample.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/atomic_file.hpp"
#include "data/scaling.hpp"
#include "tensor/matrix.hpp"

namespace lockstep {

/// What one network says of samples, or several on average. Of shape (samples, outputs).
struct Predictions {
  std::vector<double> values;  // probabilities, or what the network gives in their place; targets in the data's units
  std::vector<double> spread;  // of several networks: the sample standard deviation of each value; else empty
  bool is_float32 = true;      // the values have no more digits than that

  /// The most likely class of each sample.
  [[nodiscard]] std::vector<std::size_t> classes(const DatasetInfo& data) const;

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& values& spread& is_float32;
  }
};

/// What a network's `outputs`, of shape (samples, outputs), say. `data` describes the training data, `targets` how its
/// targets were scaled, and `name_of` names a row in messages. Throws Error where a number is not finite, in the units
/// of the data too.
Predictions predictions_of(const DatasetInfo& data, const Scaling& targets, ConstMatrix outputs, const Where& name_of);

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

/// Predictions of consecutive samples, with what stands beside them in a file.
struct PredictedBlock {
  std::uint64_t first = 0;  // number of its first sample
  std::uint64_t samples = 0;
  Predictions predictions;
  std::vector<KeptColumn> kept;
  std::string text;  // lines of a CSV file, which take the place of both

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& first& samples& predictions& kept& text;
  }
};

/// A file of predictions, written block by block. It appears whole or not at all.
class PredictionFile {
 public:
  /// Nothing is written before the first block. `data` describes the training data and outlives the file.
  PredictionFile(const std::filesystem::path& path, const DatasetInfo& data) : whole_(path), data_(data) {}
  virtual ~PredictionFile() = default;
  PredictionFile(const PredictionFile&) = delete;
  PredictionFile& operator=(const PredictionFile&) = delete;

  /// What can be done of a block by itself, by several threads at a time. Every block has been through it before it is
  /// appended.
  virtual void prepare(PredictedBlock& /*block*/) const {}
  /// Writes the next block. Throws Error with the cause, here and below.
  virtual void append(const PredictedBlock& block) = 0;
  virtual void commit() = 0;

 protected:
  [[nodiscard]] AtomicFile& whole() { return whole_; }
  [[nodiscard]] const DatasetInfo& data() const { return data_; }

 private:
  AtomicFile whole_;
  const DatasetInfo& data_;
};

/// CSV: the columns `sample`, counted from zero, then those that are kept, then for a classification `class`, the one
/// of the greatest value, and a column a class, for a regression a column a target; where there is a spread, a column
/// `NAME sd` for each of these.
std::unique_ptr<PredictionFile> make_prediction_csv(const std::filesystem::path& path, const DatasetInfo& data);

/// HDF5: `outputs` (samples, outputs), float64 for a regression and else float32, where there is one `spread` of the
/// same shape, float64, `output_names`, and for a classification `labels` (samples): the data's own numbers, or the
/// classes' names where the data have words, as UTF-8 of one length, which h5py reads as text by asstr(). Kept columns
/// are arrays in the group `kept`.
std::unique_ptr<PredictionFile> make_prediction_hdf5(const std::filesystem::path& path, const DatasetInfo& data);

/// True when a file is one that was written so.
bool is_predictions_file(const std::filesystem::path& path);

}  // namespace lockstep
