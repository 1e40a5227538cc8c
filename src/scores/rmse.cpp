// The root of the mean squared error.
#include <cmath>

#include "scores/formulas.hpp"

namespace lockstep::formulas {

double rmse(const TargetErrors& target, double weight) {
  return std::sqrt(target.squares / weight);
}

double rmse(const Totals& totals) {
  double sum = 0;
  for (const TargetErrors& target : totals.targets) sum += rmse(target, totals.weight);
  return sum / static_cast<double>(totals.targets.size());
}

}  // namespace lockstep::formulas
