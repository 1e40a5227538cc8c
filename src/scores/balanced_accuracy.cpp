// The mean recall of classes that have samples.
#include "scores/formulas.hpp"

namespace lockstep::formulas {

double balanced_accuracy(const Totals& totals) {
  double sum = 0;
  double classes = 0;
  for (const ClassCounts& counts : totals.classes) {
    if (counts.support == 0) continue;
    sum += recall(counts);
    ++classes;
  }
  return sum / classes;
}

}  // namespace lockstep::formulas
