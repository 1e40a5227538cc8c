// What is summed over the samples of a data set; metrics are functions of it.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

namespace lockstep {

/// Of one class: the samples that are of it, those that were taken for it, and those that are both.
struct ClassCounts {
  std::uint64_t support = 0;
  std::uint64_t predicted = 0;
  std::uint64_t correct = 0;
};

/// Of one target, in its own units: the errors' squares and sizes, and the targets' squared distances from their mean.
struct TargetErrors {
  double squares = 0;
  double absolutes = 0;
  double total_squares = 0;
};

struct Totals {
  std::uint64_t samples = 0;
  double loss = 0;

  // Of a classification
  std::vector<ClassCounts> classes;
  std::uint64_t in_top5 = 0;  // samples whose class is among the five most likely ones
  double log_loss = 0;
  double roc_auc = std::numeric_limits<double>::quiet_NaN();  // no sum; not a number where nobody asked

  // Of a regression
  std::vector<TargetErrors> targets;
};

}  // namespace lockstep
