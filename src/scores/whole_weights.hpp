// Weights as whole numbers of a small unit: sums of them are exact, so that they are equal in any order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace lockstep {

/// The weight of a sample of a batch; 1 where there are none.
template <class Weight>
Weight weight_of(std::span<const Weight> weights, std::size_t sample) {
  return weights.empty() ? Weight{1} : weights[sample];
}

/// The weights of a data set in units of about 2^-62 of their sum.
class WholeWeights {
 public:
  /// Of `weights`, which outlive it and whose sum is `sum`.
  WholeWeights(std::span<const double> weights, double sum);

  /// Those of samples from `begin` to `end`; empty where samples have no weights, and so weigh 1.
  [[nodiscard]] std::vector<std::uint64_t> of(std::size_t begin, std::size_t end) const;

  /// A count of such units as a weight.
  [[nodiscard]] double weight(std::uint64_t units) const;

 private:
  std::span<const double> weights_;
  int shift_;  // the unit is 2^-shift
};

}  // namespace lockstep
