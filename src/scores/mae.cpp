// The mean absolute error.
#include "scores/formulas.hpp"

namespace lockstep::formulas {

double mae(const TargetErrors& target, double weight) {
  return target.absolutes / weight;
}

double mae(const Totals& totals) {
  double sum = 0;
  for (const TargetErrors& target : totals.targets) sum += mae(target, totals.weight);
  return sum / static_cast<double>(totals.targets.size());
}

}  // namespace lockstep::formulas
