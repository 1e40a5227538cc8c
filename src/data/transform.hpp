// From the columns of a file to the inputs of a network.
#pragma once

#include <string>
#include <vector>

#include "data/dataset.hpp"
#include "data/feature_range.hpp"
#include "data/gaps.hpp"
#include "data/options.hpp"
#include "data/scaling.hpp"

namespace lockstep {

/// What stands between the numbers of a file and those of a network: fitted to the training samples once, kept in
/// checkpoints, and used alike in training, evaluation and prediction. A network's inputs are those of the features,
/// and then the indicators of gaps, in the order of the columns. A number is scaled; of words each has an input, 1 or
/// 0.
struct DataTransform {
  Scaling features;
  Scaling targets;                   // of a regression; a classification has none
  std::vector<GapFill> gaps;         // of features, one per column; empty: no gap is filled
  std::vector<FeatureRange> ranges;  // of features, one per column or one for all; empty: not known

  /// The width of a network for such samples.
  [[nodiscard]] std::size_t inputs(const DatasetInfo& data) const;

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& features& targets& gaps& ranges;
  }
};

/// Whether the scale of some column is fitted to that.
bool fits_to(const DataOptions& options, FitsTo what);

/// The transform that a configuration asks for.
DataTransform fit_transform(const Survey& train, const DataOptions& options);

/// What a user should know of the transform: which columns and targets are constant, and how many gaps are filled.
std::vector<std::string> notes_on(const DataTransform& transform, const Survey& train);

}  // namespace lockstep
