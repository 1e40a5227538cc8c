// The part that is right.
#include "scores/formulas.hpp"

namespace lockstep::formulas {

double accuracy(const Totals& totals) {
  std::uint64_t correct = 0;
  for (const ClassCounts& counts : totals.classes) correct += counts.correct;
  return static_cast<double>(correct) / static_cast<double>(totals.support());
}

}  // namespace lockstep::formulas
