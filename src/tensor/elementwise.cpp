#include "tensor/elementwise.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "base/vectorized.hpp"
#include "tensor/interleaved_sum.hpp"

namespace lockstep {

LOCKSTEP_VECTORIZED void multiply(std::span<const float> values, float factor, std::span<float> product) {
  LOCKSTEP_INDEPENDENT
  for (std::size_t i = 0; i < product.size(); ++i) product[i] = values[i] * factor;
}

LOCKSTEP_VECTORIZED void clamp(std::span<float> values, float limit) {
  for (float& value : values) value = std::max(-limit, std::min(limit, value));
}

LOCKSTEP_VECTORIZED void move_towards(std::span<const float> aims, float part, std::span<float> values) {
  LOCKSTEP_INDEPENDENT
  for (std::size_t i = 0; i < values.size(); ++i) values[i] += part * (aims[i] - values[i]);
}

LOCKSTEP_VECTORIZED void add_signs(std::span<const float> values, float factor, std::span<float> sums) {
  LOCKSTEP_INDEPENDENT
  for (std::size_t i = 0; i < sums.size(); ++i)
    sums[i] += values[i] > 0.0F ? factor : (values[i] < 0.0F ? -factor : 0.0F);
}

LOCKSTEP_VECTORIZED void divide(std::span<const float> values, float divisor, std::span<float> quotient) {
  if (int exponent = 0; std::frexp(divisor, &exponent) == 0.5F && std::isnormal(1.0F / divisor)) {
    // A power of two, as most batches are: the product by its reciprocal has the same bits, sooner.
    return multiply(values, 1.0F / divisor, quotient);
  }
  LOCKSTEP_INDEPENDENT
  for (std::size_t i = 0; i < quotient.size(); ++i) quotient[i] = values[i] / divisor;
}

LOCKSTEP_VECTORIZED double sum_of_squares(std::span<const float> values) {
  const float* numbers = values.data();
  return interleaved_sum(values.size(), [numbers](std::size_t i) LOCKSTEP_INLINED {
    const auto value = static_cast<double>(numbers[i]);
    return value * value;
  });
}

LOCKSTEP_VECTORIZED float largest(ConstMatrix values) {
  std::uint32_t found = 0;
  for (std::size_t r = 0; r < values.rows(); ++r)
    for (const float value : values.row(r)) found = std::max(found, size_bits(value));
  return std::bit_cast<float>(found);
}

bool is_finite(ConstMatrix values) {
  return std::isfinite(largest(values));
}

LOCKSTEP_VECTORIZED bool all_within(float limit, std::span<const float> values) {
  const auto most = std::bit_cast<std::uint32_t>(limit);
  std::uint32_t found = 0;
  for (const float value : values) found |= size_bits(value) > most ? 1U : 0U;
  return found == 0;
}

bool all_finite(std::span<const float> values) {
  return all_within(std::numeric_limits<float>::max(), values);
}

LOCKSTEP_VECTORIZED bool all_finite(std::span<const double> values) {
  constexpr std::uint64_t kExponent = 0x7ff0000000000000;
  std::uint64_t found = 0;
  for (const double value : values) found |= (std::bit_cast<std::uint64_t>(value) & kExponent) == kExponent ? 1U : 0U;
  return found == 0;
}

}  // namespace lockstep
