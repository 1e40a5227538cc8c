// The loss, a mean over samples.
#include "scores/formulas.hpp"

namespace lockstep::formulas {

double loss(const Totals& totals) {
  return totals.loss / static_cast<double>(totals.samples);
}

}  // namespace lockstep::formulas
