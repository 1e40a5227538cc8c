// The loss, a mean over samples.
#include "scores/formulas.hpp"

namespace lockstep::formulas {

double loss(const Totals& totals) {
  return totals.loss / totals.weight;
}

}  // namespace lockstep::formulas
