// Samples by which an exported network shows that it computes as this program does.
#pragma once

#include <vector>

#include "export/exported_model.hpp"

namespace lockstep {

/// Raw features and what is predicted of them, by fused multiply-adds.
struct KnownSamples {
  std::size_t count = 0;
  std::vector<double> features;  // (count, features), as DatasetInfo has them: of words their numbers, NaN for gaps
  std::vector<float> outputs;    // (count, outputs), as to_predictions() leaves them
  std::vector<double> targets;   // the same in the units of the data; empty for a classification
};

/// A few samples from the range of the training data, as far as its scales tell it; gaps are among them where they are
/// filled. Throws Error where the network's predictions of all are not finite.
KnownSamples known_samples(const ExportedModel& exported);

}  // namespace lockstep
