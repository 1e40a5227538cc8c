// The scale on which a network sees its inputs and a regression its targets.
#pragma once

#include <string>
#include <vector>

#include "data/dataset.hpp"
#include "data/options.hpp"

namespace lockstep {

/// scaled = (raw - shift) * scale, in float64. Both have one value for all columns, or one a column. The scale of a
/// column that is constant in the training data is 0.
struct Scaling {
  std::vector<double> shift = {0.0};
  std::vector<double> scale = {1.0};

  [[nodiscard]] std::size_t at(std::size_t column) const { return scale.size() == 1 ? 0 : column; }
  [[nodiscard]] double scaled(double raw, std::size_t column) const {
    return (raw - shift[at(column)]) * scale[at(column)];
  }
  /// The way back. Of a constant column it is the constant.
  [[nodiscard]] double raw(double scaled, std::size_t column) const {
    const double factor = scale[at(column)];
    return factor == 0 ? shift[at(column)] : scaled / factor + shift[at(column)];
  }

  bool operator==(const Scaling&) const = default;

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& shift& scale;
  }
};

/// What stands between the numbers of a file and those of a network: fitted to the training samples once, kept in
/// checkpoints, and used alike in training, evaluation and prediction.
struct DataTransform {
  Scaling features;
  Scaling targets;  // of a regression; a classification has none

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& features& targets;
  }
};

/// Of features: bytes of images to [0, 1] and all else as it is or, when `standardize` is set, to mean 0 and deviation
/// 1 over the training samples: a table's columns each by itself, the pixels of images all together. A constant column
/// becomes 0; constant is also what differs by no more than a few steps of the file's type.
Scaling feature_scaling(const Dataset& train, bool standardize);

/// Of targets: as they are, or to mean 0 and deviation 1 over the training samples, each target by itself.
Scaling target_scaling(const Dataset& train, bool standardize);

/// The transform that a configuration asks for.
DataTransform fit_transform(const Dataset& train, const DataOptions& options);

/// What a user should know of the transform: which columns and targets are constant.
std::vector<std::string> notes_on(const DataTransform& transform, const DatasetInfo& train);

/// A feature in a message: "column 'age'", or "feature 3" where it has no name.
std::string feature_name(const DatasetInfo& info, std::size_t feature);

}  // namespace lockstep
