// The mean of -log of the right class's probability.
#include <algorithm>
#include <limits>

#include "scores/formulas.hpp"
#include "tensor/elementary.hpp"

namespace lockstep::formulas {

double add_log_loss(ConstMatrix probabilities, std::span<const std::int32_t> labels, double sum) {
  constexpr auto least = static_cast<float>(std::numeric_limits<double>::epsilon());
  for (std::size_t r = 0; r < probabilities.rows(); ++r)
    sum -= static_cast<double>(
        elementary::log(std::max(probabilities.row(r)[static_cast<std::size_t>(labels[r])], least)));
  return sum;
}

double log_loss(const Totals& totals) {
  return totals.log_loss / static_cast<double>(totals.samples);
}

}  // namespace lockstep::formulas
