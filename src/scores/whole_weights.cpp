#include "scores/whole_weights.hpp"

#include <cmath>

namespace lockstep {

namespace {

constexpr int kBits = 62;  // of the sum

}  // namespace

WholeWeights::WholeWeights(std::span<const double> weights, double sum)
    : weights_(weights), shift_(weights.empty() ? 0 : kBits - 1 - std::ilogb(sum)) {}

std::vector<std::uint64_t> WholeWeights::of(std::size_t begin, std::size_t end) const {
  std::vector<std::uint64_t> units;
  if (weights_.empty()) return units;
  for (const double weight : weights_.subspan(begin, end - begin))
    units.push_back(static_cast<std::uint64_t>(std::llround(std::ldexp(weight, shift_))));
  return units;
}

double WholeWeights::weight(std::uint64_t units) const {
  return std::ldexp(static_cast<double>(units), -shift_);
}

}  // namespace lockstep
