// A snapshot of a run on disk.
#pragma once

#include <cmath>
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
#include "data/scaling.hpp"

namespace lockstep {

/// How far a run has come.
struct Progress {
  std::uint64_t epoch = 0;                                     // complete epochs
  std::uint64_t step = 0;                                      // complete steps
  std::uint64_t epoch_samples = 0;                             // of the epoch under way
  double epoch_loss_sum = 0;                                   // over these samples
  double train_loss = 0;                                       // mean over the last complete epoch
  std::uint64_t best_step = 0;                                 // 0: nothing evaluated yet
  double best_score = 0;                                       // test accuracy or R2
  double best_loss = std::numeric_limits<double>::infinity();  // test loss of the same evaluation
  std::uint64_t run_samples = 0;                               // in all training steps
  double run_seconds = 0;                                      // spent in them

  /// True when no evaluation was better than one with this score and loss: a higher score is, and of equal scores the
  /// lower loss; of equals the first stays. What is not a number is never best.
  [[nodiscard]] bool is_best(double score, double loss) const {
    if (std::isnan(score) || std::isnan(loss)) return false;
    if (best_step == 0) return true;
    return score != best_score ? score > best_score : loss < best_loss;
  }

  /// The present step is the best so far.
  void set_best(double score, double loss) {
    best_step = step;
    best_score = score;
    best_loss = loss;
  }

  /// The next evaluation will be the best so far.
  void forget_best() {
    const Progress none;
    best_step = none.best_step;
    best_score = none.best_score;
    best_loss = none.best_loss;
  }

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& epoch& step& epoch_samples& epoch_loss_sum& train_loss& best_step& best_score& best_loss;
    archive& run_samples& run_seconds;
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
  std::int64_t format = schema::kFormatVersion;  // that it was read in

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& lockstep_version& config& blas_kernel& digest& c_library& slices& arithmetic_changes;
    archive& progress& data& transform& test_samples& test_digest& format;
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
