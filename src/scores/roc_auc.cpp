// The area under the ROC curve.
#include <algorithm>
#include <limits>

#include "scores/formulas.hpp"

namespace lockstep::formulas {

namespace {

/// Sums of weights have up to 62 bits, so that products of two have up to 124.
__extension__ using Product = unsigned __int128;

struct Sample {
  float output;
  bool inside;  // of the class
  std::uint64_t weight;
};

/// Of one class against the rest: the part of the pairs of a sample of the class and another one in which the output of
/// the first is higher, equal ones counting half (Mann and Whitney 1947). Counted in whole numbers.
double area_of_class(ConstMatrix outputs, std::span<const std::int32_t> labels, std::span<const std::uint64_t> weights,
                     std::size_t c) {
  std::vector<Sample> sorted;
  for (std::size_t r = 0; r < outputs.rows(); ++r)
    sorted.push_back({outputs.row(r)[c], static_cast<std::size_t>(labels[r]) == c, weight_of(weights, r)});
  std::ranges::sort(sorted, {}, &Sample::output);
  Product twice_won = 0;
  std::uint64_t inside = 0;
  std::uint64_t outside = 0;
  for (std::size_t begin = 0, end = 0; begin < sorted.size(); begin = end) {
    std::uint64_t equal_inside = 0;
    std::uint64_t equal_outside = 0;
    for (end = begin; end < sorted.size() && sorted[end].output == sorted[begin].output; ++end)
      (sorted[end].inside ? equal_inside : equal_outside) += sorted[end].weight;
    twice_won += Product{equal_inside} * (2 * outside + equal_outside);
    inside += equal_inside;
    outside += equal_outside;
  }
  if (inside == 0 || outside == 0) return std::numeric_limits<double>::quiet_NaN();
  return static_cast<double>(twice_won) / (2 * static_cast<double>(inside) * static_cast<double>(outside));
}

}  // namespace

double area_under_roc(ConstMatrix outputs, std::span<const std::int32_t> labels,
                      std::span<const std::uint64_t> weights) {
  if (outputs.cols() == 2) return area_of_class(outputs, labels, weights, 1);
  double sum = 0;
  for (std::size_t c = 0; c < outputs.cols(); ++c) sum += area_of_class(outputs, labels, weights, c);
  return sum / static_cast<double>(outputs.cols());
}

double roc_auc(const Totals& totals) {
  return totals.roc_auc;
}

}  // namespace lockstep::formulas
