// The root of the mean squared error.
#include <cmath>

#include "scores/formulas.hpp"

namespace lockstep::formulas {

double rmse(const TargetErrors& target, std::uint64_t samples) {
  return std::sqrt(target.squares / static_cast<double>(samples));
}

double rmse(const Totals& totals) {
  double sum = 0;
  for (const TargetErrors& target : totals.targets) sum += rmse(target, totals.samples);
  return sum / static_cast<double>(totals.targets.size());
}

}  // namespace lockstep::formulas
