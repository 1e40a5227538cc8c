// The coefficient of determination.
#include "scores/formulas.hpp"

namespace lockstep::formulas {

double r2(const TargetErrors& target) {
  if (target.total_squares <= 0) return target.squares > 0 ? 0.0 : 1.0;
  return 1 - target.squares / target.total_squares;
}

double r2(const Totals& totals) {
  double sum = 0;
  for (const TargetErrors& target : totals.targets) sum += r2(target);
  return sum / static_cast<double>(totals.targets.size());
}

}  // namespace lockstep::formulas
