// A snapshot of a run on disk.
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/hdf5.hpp"
#include "checkpoint/schema.hpp"
#include "data/dataset.hpp"
#include "data/transform.hpp"

namespace lockstep {

/// How far a run has come.
struct Progress {
  std::uint64_t epoch = 0;                                     // complete epochs
  std::uint64_t step = 0;                                      // complete steps
  std::uint64_t epoch_samples = 0;                             // of the epoch under way
  double epoch_loss_sum = 0;                                   // over these samples, by their weights
  double epoch_weight = 0;                                     // of these samples: their number, where they have none
  double train_loss = 0;                                       // mean over the last complete epoch
  std::uint64_t best_step = 0;                                 // 0: nothing was chosen yet
  double best_score = 0;                                       // the monitored value of the validation set then
  double best_loss = std::numeric_limits<double>::infinity();  // validation loss of the same evaluation
  std::uint64_t gain_epoch = 0;                                // the last that has gained enough; 0: none yet
  double gain_value = 0;                                       // the monitored value then
  std::uint64_t rate_drops = 0;                                // of the learning rate, for want of a gain
  std::uint64_t drop_epoch = 0;                                // the last of them
  std::uint64_t run_samples = 0;                               // in all training steps
  double run_seconds = 0;                                      // spent in them

  /// The next evaluation will be the best so far.
  void forget_best() {
    const Progress none;
    best_step = none.best_step;
    best_score = none.best_score;
    best_loss = none.best_loss;
  }

  /// The next evaluation will be a gain.
  void forget_gain() { gain_epoch = 0; }

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& epoch& step& epoch_samples& epoch_loss_sum& epoch_weight& train_loss& best_step& best_score& best_loss;
    archive& gain_epoch& gain_value& rate_drops& drop_epoch& run_samples& run_seconds;
  }
};

/// All of a checkpoint but its arrays of parameters.
struct CheckpointInfo {
  std::string lockstep_version;
  std::string config;        // TOML
  std::string blas_kernel;   // that computed it
  std::string digest;        // of all parameters
  std::string c_library;     // for the record: no bits depend on it; empty in files of version 1
  std::uint64_t slices = 0;  // of a step; 0 in files of version 1
  /// How the arithmetic was changed on request at a resume. Empty: this is the undisturbed run.
  std::string arithmetic_changes;
  Progress progress;
  DatasetInfo data;  // the training data; of it a file keeps all but the source
  DataTransform transform;
  std::uint64_t test_samples = 0;  // of the test set; format 1 has neither
  std::string test_digest;
  bool test_by_class = true;             // its split took of each class its share
  std::uint64_t validation_samples = 0;  // 0 and empty: there is no validation set
  std::string validation_digest;
  std::string started_from;  // the digest of other parameters with which the run began; empty: with initial weights
  std::int64_t format = schema::kFormatVersion;  // that it was read in

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& lockstep_version& config& blas_kernel& digest& c_library& slices& arithmetic_changes;
    archive& progress& data& transform& test_samples& test_digest& test_by_class& validation_samples& validation_digest&
        started_from;
    archive& format;
  }
};

/// One array of a checkpoint: "model/layers/0/weight" with its shape and values in row order. T is float or const
/// float.
template <class T>
struct NamedTensor {
  std::string name;
  std::vector<std::size_t> shape;
  std::span<T> values;
};

/// A checkpoint of which not every byte is as it was written.
class DamagedCheckpoint : public Error {
 public:
  explicit DamagedCheckpoint(const std::string& message) : Error(ExitStatus::bad_input, message) {}
};

/// Writes a whole file, sealed, or none. Throws Error with the cause.
void write_checkpoint(const std::filesystem::path& path, const CheckpointInfo& info,
                      std::span<const NamedTensor<const float>> tensors);

/// A checkpoint file, open to read.
class CheckpointReader {
 public:
  /// Throws DamagedCheckpoint when a byte of the file is not as it was written. Bad input when the file is missing, no
  /// checkpoint, or of another format.
  explicit CheckpointReader(const std::filesystem::path& path);

  [[nodiscard]] const CheckpointInfo& info() const { return info_; }

  /// Fills the values of `tensor`. Bad input when the file has no such array, or one of another shape.
  void read(const NamedTensor<float>& tensor) const;

 private:
  Hdf5File file_;
  CheckpointInfo info_;
};

}  // namespace lockstep
