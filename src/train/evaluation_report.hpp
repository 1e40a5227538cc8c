// What `lockstep evaluate` says of a checkpoint: on the screen and in a file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "data/prepared.hpp"
#include "nn/options.hpp"
#include "train/evaluate.hpp"

namespace lockstep {

/// Names, such as "test_loss", and values.
using NamedScores = std::vector<std::pair<std::string, double>>;

/// One of several networks whose predictions were averaged.
struct NetworkScores {
  std::string name;  // of its run's folder
  NamedScores scores;
};

/// An evaluation of a test set whose outputs were kept, on rank 0.
class EvaluationReport {
 public:
  /// `test` and `evaluation` outlive the report. `networks` are those that were averaged, where there are several.
  EvaluationReport(std::string checkpoint, const PreparedDataset& test, LossName loss, const Evaluation& evaluation,
                   std::vector<NetworkScores> networks = {});

  [[nodiscard]] const NamedScores& scores() const { return values_; }

  /// Lines "key: value", a table of classes or targets and, of up to 20 classes, the confusion matrix. Where samples
  /// have weights, all is by these, and a line says so.
  void print() const;

  /// Writes the same to FILE.h5 or FILE.json, with the confusion matrix of up to 1000 classes and the scores of each of
  /// several networks; and, where `samples` is
  /// set, each sample's number in its file, its outputs, in the units of targets, and its label or targets. The file
  /// appears whole or not at all. Throws Error with the cause.
  void write(const std::filesystem::path& path, bool samples) const;

  /// True when a file is one that was written so.
  static bool recognises(const std::filesystem::path& path);

 private:
  /// Scores of each class, or errors of each target: their names, and a column each.
  struct Table {
    std::vector<std::string> names;
    std::vector<std::pair<const char*, std::vector<double>>> columns;
  };

  void print_table() const;
  void print_confusion() const;
  void write_hdf5(const std::filesystem::path& path, bool samples) const;
  void write_json(const std::filesystem::path& path, bool samples) const;
  [[nodiscard]] bool is_weighted() const { return !test_->weights.empty(); }
  /// Numbers of samples or, where these have weights, what they weigh.
  [[nodiscard]] std::vector<double> support() const;
  [[nodiscard]] std::vector<double> confusion() const;
  [[nodiscard]] std::string count_text(double count) const;
  [[nodiscard]] std::int64_t row_of(std::size_t sample) const;
  /// All outputs: probabilities, or values in the units of the targets.
  [[nodiscard]] std::vector<double> outputs() const;

  std::string checkpoint_;
  const PreparedDataset* test_;
  const Evaluation* evaluation_;
  WholeWeights weights_;
  bool classify_;
  std::vector<NetworkScores> networks_;
  NamedScores values_;
  Table table_;
};

}  // namespace lockstep
