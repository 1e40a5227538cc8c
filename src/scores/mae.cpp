// The mean absolute error.
#include "scores/formulas.hpp"

namespace lockstep::formulas {

double mae(const TargetErrors& target, std::uint64_t samples) {
  return target.absolutes / static_cast<double>(samples);
}

double mae(const Totals& totals) {
  double sum = 0;
  for (const TargetErrors& target : totals.targets) sum += mae(target, totals.samples);
  return sum / static_cast<double>(totals.targets.size());
}

}  // namespace lockstep::formulas
