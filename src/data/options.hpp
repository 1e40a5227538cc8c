// What a configuration says of the data.
#pragma once

#include <string>
#include <vector>

namespace lockstep {

enum class DataFormat { idx, csv, hdf5 };

/// One set of samples. IDX keeps images and labels in two files; the other formats need only `path`.
struct DataFile {
  std::string path;
  std::string labels;

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& path& labels;
  }
};

/// The section [data].
struct DataOptions {
  DataFormat format = DataFormat::idx;
  DataFile train;
  DataFile test;                     // empty path: test_fraction of train's samples are held back instead
  double test_fraction = 0;          // in (0, 1) where there is no test file, else 0
  DataFile validation;               // empty path: none, or validation_fraction
  double validation_fraction = 0;    // of the training samples that test_fraction leaves, in (0, 1); 0: none
  std::vector<std::string> target;   // CSV: names of the target columns
  std::vector<std::string> classes;  // names of the classes in order; empty: as found in the training data
  bool standardize = false;          // features to mean 0, deviation 1 over the training samples
  bool standardize_targets = false;  // the same for the targets of a regression

  [[nodiscard]] bool has_validation() const { return !validation.path.empty() || validation_fraction > 0; }

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& format& train& test& test_fraction& validation& validation_fraction;
    archive& target& classes& standardize& standardize_targets;
  }
};

}  // namespace lockstep
