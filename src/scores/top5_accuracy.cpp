// The part whose class is among the five most likely ones.
#include "scores/formulas.hpp"

namespace lockstep::formulas {

double top5_accuracy(const Totals& totals) {
  return static_cast<double>(totals.in_top5) / static_cast<double>(totals.support());
}

}  // namespace lockstep::formulas
