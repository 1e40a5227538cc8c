// Predictions of a trained network in other programs: the library's interface in C++. It needs no MPI.
//
//   lockstep::Predictor predictor("runs/iris");
//   std::vector<double> outputs(predictor.outputs());
//   predictor.predict(features, outputs);  // the bits that `lockstep predict` writes
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#define LOCKSTEP_PUBLIC __attribute__((visibility("default")))

namespace lockstep {

/// What went wrong: what, where, and what to do.
class LOCKSTEP_PUBLIC PredictorError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A trained network with all that stands between raw features and its answers: words, gaps, scales, classes. Many
/// threads may use one at once, and none waits for another. All methods throw PredictorError.
///
/// Loading reads HDF5: a program that uses HDF5 itself must not do so in another thread meanwhile. HDF5's automatic
/// error messages and its locks of files are off afterwards.
class LOCKSTEP_PUBLIC Predictor {
 public:
  /// Loads a checkpoint, or the best one of a run's folder.
  explicit Predictor(const std::filesystem::path& checkpoint_or_run_folder);
  Predictor(const Predictor&) = delete;
  Predictor& operator=(const Predictor&) = delete;
  Predictor(Predictor&&) noexcept;
  Predictor& operator=(Predictor&&) noexcept;
  ~Predictor();

  /// Numbers in a sample.
  [[nodiscard]] std::size_t features() const;
  /// The columns of the training data in the order of predict(); "0", "1", ... where they have no names.
  [[nodiscard]] const std::vector<std::string>& feature_names() const;

  /// Classes, or targets of a regression.
  [[nodiscard]] std::size_t outputs() const;
  [[nodiscard]] const std::vector<std::string>& output_names() const;
  /// True where outputs are of classes, of which the one with the largest output is the answer.
  [[nodiscard]] bool classifies() const;

  /// Of all parameters, as the run's last line and `lockstep inspect` have it.
  [[nodiscard]] const std::string& digest() const;

  /// The words of a column; empty for a column of numbers.
  [[nodiscard]] const std::vector<std::string>& words(std::size_t feature) const;
  /// The number that stands for a word of the column in predict(); NaN for what means a missing value in the training
  /// data, such as the empty text. Throws for a column of numbers, and for a word that training has not seen, unless
  /// it was with data.unseen = "zero".
  [[nodiscard]] double word(std::size_t feature, std::string_view text) const;

  /// Predicts from the features of any number of samples, a row of features() numbers each, to a row of outputs()
  /// each: probabilities of classes, mostly, or targets in the units of the training data. A missing value is NaN, and
  /// a word is its number. The bits are those of `lockstep predict` for a file of the same numbers, whatever the number
  /// of samples and threads; but networks that were trained with train.kernels = "openblas" are computed like all
  /// others. Outputs of a regression have all their digits as double alone.
  ///
  /// Throws where the spans do not fit, and, naming sample and feature, where a value is missing for which training
  /// has found nothing to stand in, or is no number for this column. Outputs are then as they were.
  void predict(std::span<const double> features, std::span<double> outputs) const;
  void predict(std::span<const float> features, std::span<float> outputs) const;

 private:
  struct Network;
  std::unique_ptr<const Network> network_;
};

}  // namespace lockstep
