// What is summed over the samples of a data set; metrics are functions of it.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

namespace lockstep {

/// Of one class: what the samples weigh that are of it, those that were taken for it, and those that are both. In whole
/// numbers: of samples, or of the unit of WholeWeights.
struct ClassCounts {
  std::uint64_t support = 0;
  std::uint64_t predicted = 0;
  std::uint64_t correct = 0;
};

/// Of one target, in its own units: the errors' squares and sizes, and the targets' squared distances from their mean,
/// all by weight.
struct TargetErrors {
  double squares = 0;
  double absolutes = 0;
  double total_squares = 0;
};

struct Totals {
  double weight = 0;  // of all samples: their number, where they have no weights
  double loss = 0;

  // Of a classification
  std::vector<ClassCounts> classes;
  std::uint64_t in_top5 = 0;  // as classes are counted: samples whose class is among the five most likely ones
  double log_loss = 0;
  double roc_auc = std::numeric_limits<double>::quiet_NaN();  // no sum; not a number where nobody asked

  // Of a regression
  std::vector<TargetErrors> targets;

  /// The sum over classes of what their samples weigh.
  [[nodiscard]] std::uint64_t support() const {
    std::uint64_t sum = 0;
    for (const ClassCounts& counts : classes) sum += counts.support;
    return sum;
  }
};

}  // namespace lockstep
