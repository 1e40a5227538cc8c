// The mean of -log of the right class's probability.
#include <algorithm>
#include <limits>

#include "scores/formulas.hpp"
#include "tensor/elementary.hpp"

namespace lockstep::formulas {

double add_log_loss(ConstMatrix probabilities, std::span<const std::int32_t> labels, double sum,
                    std::span<const double> weights) {
  constexpr auto least = static_cast<float>(std::numeric_limits<double>::epsilon());
  for (std::size_t r = 0; r < probabilities.rows(); ++r) {
    const float probability = std::max(probabilities.row(r)[static_cast<std::size_t>(labels[r])], least);
    sum -= weight_of(weights, r) * static_cast<double>(elementary::log(probability));
  }
  return sum;
}

double log_loss(const Totals& totals) {
  return totals.log_loss / totals.weight;
}

}  // namespace lockstep::formulas
