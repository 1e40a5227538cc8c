// The arithmetic of bfloat16 numbers by its definition, in double: what tests compare with, written without a look at
// the bits.
#pragma once

#include <cmath>

namespace lockstep {

/// A value rounded to so many significant bits, to the nearest, of two to the even one, as if exponents had no end.
inline double rounded_to(int bits, double value) {
  if (value == 0 || !std::isfinite(value)) return value;
  int exponent = 0;
  const double part = std::frexp(value, &exponent);  // at least a half
  return std::ldexp(std::nearbyint(std::ldexp(part, bits)), exponent - bits);
}

/// 0 where a value is smaller than any normal number, and infinite where it is beyond them all.
inline double without_subnormal(double value) {
  return std::abs(value) < 0x1p-126 ? std::copysign(0.0, value) : value;
}
inline float without_end(double value) {
  return std::abs(value) < 0x1p128 ? static_cast<float>(value) : std::copysign(HUGE_VALF, static_cast<float>(value));
}

inline float nearest_bfloat16(float value) {
  return without_end(rounded_to(8, without_subnormal(static_cast<double>(value))));
}

/// A link of a chain: a b + sum, rounded once to float.
inline float next_link(float a, float b, float sum) {
  // Exact, then a sum to 53 bits and what it leaves out. Where that is not 0, the last bit is made 1, so that the
  // second rounding is that of the exact sum.
  const double product = static_cast<double>(a) * static_cast<double>(b);
  const double other = static_cast<double>(sum);
  double total = product + other;
  const double from_other = total - product;
  const double left_out = (product - (total - from_other)) + (other - from_other);
  int exponent = 0;
  const double last_bits = std::ldexp(std::frexp(total, &exponent), 53);
  if (left_out != 0 && std::fmod(last_bits, 2) == 0) total = std::nextafter(total, left_out > 0 ? HUGE_VAL : -HUGE_VAL);
  return without_end(without_subnormal(rounded_to(24, total)));
}

/// The links of a pair, of which the second comes first.
inline float next_pair(float a_first, float a_second, float b_first, float b_second, float sum) {
  return next_link(a_first, b_first, next_link(a_second, b_second, sum));
}

}  // namespace lockstep
