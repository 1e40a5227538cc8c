// The mean F1 of classes.
#include "scores/formulas.hpp"

namespace lockstep::formulas {

double macro_f1(const Totals& totals) {
  double sum = 0;
  double classes = 0;
  for (const ClassCounts& counts : totals.classes) {
    if (counts.support + counts.predicted == 0) continue;
    sum += f1(counts);
    ++classes;
  }
  return sum / classes;
}

}  // namespace lockstep::formulas
