// Elementary functions as fixed sequences of IEEE additions, multiplications and divisions: the same bits by any
// compiler, C library and processor, one value at a time or many in vector registers.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <limits>
#include <numbers>

#include "base/vectorized.hpp"

/// Those of float have errors below 1 ulp (exp, log) and 2 ulp (tanh, sigmoid, expm1, log1p, softplus, erf). They
/// select and never branch, so that loops over them are vectorized, and have no fused operations, which not every
/// processor has. NaN gives NaN. Coefficients come from tests/reference/elementary_polynomials.py, the splitting of
/// log(2) from Cephes (Moshier 1992).
namespace lockstep::elementary {

/// condition ? a : b, on their bits: a compiler may turn a choice of floats into a branch around the work for one of
/// them, and then does not vectorize.
LOCKSTEP_INLINE float select(bool condition, float a, float b) {
  const std::uint32_t mask = condition ? ~0U : 0U;
  return std::bit_cast<float>((std::bit_cast<std::uint32_t>(a) & mask) | (std::bit_cast<std::uint32_t>(b) & ~mask));
}

namespace detail {

/// log(2) is their sum. The first has so few bits that its product with an exponent is exact.
inline constexpr float kLog2High = 355.0F / 512.0F;
inline constexpr float kLog2Low = -2.12194440e-4F;

/// Added to a number, it rounds it to an integer, which then stands in the lowest bits, with the bias of exponents.
inline constexpr float kRounder = 0x1.8p23F + 127.0F;

/// exp(x) = scale * (1 + rest), the scale being a power of two and |rest| < 0.42, for |x| < 88.37.
struct ExpParts {
  std::uint32_t scale_bits;
  float rest;
};

LOCKSTEP_INLINE ExpParts exp_parts(float x) {
  const float shifted = x * std::numbers::log2e_v<float> + kRounder;
  const float n = shifted - kRounder;
  const float r = (x - n * kLog2High) - n * kLog2Low;
  float p = 0.00139395113F;
  p = p * r + 0.00836882275F;
  p = p * r + 0.0416664146F;
  p = p * r + 0.166665196F;
  p = p * r + 0.5F;
  return {std::bit_cast<std::uint32_t>(shifted) << 23, r + r * r * p};
}

/// 1 + exp(x), for |x| < 88.37. What the sum of 1 and the scale loses is added to the rest.
LOCKSTEP_INLINE float one_and_exp(float x) {
  const ExpParts parts = exp_parts(x);
  const auto scale = std::bit_cast<float>(parts.scale_bits);
  const float sum = 1.0F + scale;
  const float lost = 1.0F - (sum - scale);
  return sum + (scale * parts.rest + lost);
}

/// Below it exp(x) is less than the smallest normal number.
inline constexpr float kLeastExponent = -87.33654F;

/// Above it exp(x) is no float.
inline constexpr float kMostExponent = 88.72283F;

inline constexpr std::uint32_t kSignBit = 0x80000000;

/// The sign of x before a size, which is not negative.
LOCKSTEP_INLINE float with_sign_of(float x, float size) {
  return std::bit_cast<float>(std::bit_cast<std::uint32_t>(size) | (std::bit_cast<std::uint32_t>(x) & kSignBit));
}

/// log((1 + f) * 2^n), for 1 + f from sqrt(1/2) to sqrt(2).
LOCKSTEP_INLINE float log_of_parts(float f, float n) {
  const float z = f * f;
  float p = 0.0691561103F;
  p = p * f - 0.117893696F;
  p = p * f + 0.118726194F;
  p = p * f - 0.12384402F;
  p = p * f + 0.142187163F;
  p = p * f - 0.166692495F;
  p = p * f + 0.200022236F;
  p = p * f - 0.249999866F;
  p = p * f + 0.333333105F;
  const float rest = (f * z * p + n * kLog2Low) - 0.5F * z;
  return (f + rest) + n * kLog2High;
}

/// The bits of the m that log() takes for least, sqrt(1/2).
inline constexpr auto kLeastM = std::bit_cast<std::uint32_t>(0x1.6a09e6p-1F);

}  // namespace detail

/// e to the x. It is 0 where it would be subnormal, and infinite above 88.72283.
LOCKSTEP_INLINE float exp(float x) {
  const detail::ExpParts parts = detail::exp_parts(x);
  // The scale may be 2^128, which is no float: its exponent is added to that of the factor.
  constexpr auto one = std::bit_cast<std::uint32_t>(1.0F);
  const auto result = std::bit_cast<float>(std::bit_cast<std::uint32_t>(1.0F + parts.rest) + (parts.scale_bits - one));
  const float or_zero = select(x < detail::kLeastExponent, 0.0F, result);
  return select(x <= detail::kMostExponent, or_zero, x + std::numeric_limits<float>::infinity());
}

/// 1 / (1 + exp(-x)), within [0, 1]. It is 0 where it would be subnormal.
LOCKSTEP_INLINE float sigmoid(float x) {
  constexpr float one_from = 20.0F;  // e^-20 is lost beside 1
  const float result = 1.0F / detail::one_and_exp(-x);
  const float or_one = select(x >= one_from, 1.0F, result);
  return select(x < detail::kLeastExponent, 0.0F, or_one);
}

/// The hyperbolic tangent, within [-1, 1].
LOCKSTEP_INLINE float tanh(float x) {
  const std::uint32_t size_bits = std::bit_cast<std::uint32_t>(x) & ~detail::kSignBit;
  const auto size = std::bit_cast<float>(size_bits);

  const float z = size * size;
  float p = -0.0511151366F;
  p = p * z + 0.133218095F;
  p = p * z - 0.333332002F;
  const float small = size + size * z * p;

  constexpr auto one_from = std::bit_cast<std::uint32_t>(10.0F);  // 2 e^-20 is lost beside 1
  const auto y = std::bit_cast<float>(std::min(size_bits, one_from));
  // exp(2 y) = scale * exp(2 r) and exp(2 r) = (1 + q + r) / (1 + q - r), where 1 + q = r / tanh(r): one division is
  // left. The offset puts a change of the scale where the result is 1/2, from where on it has more room for errors.
  constexpr float offset = 0.0294F;
  constexpr float twice_log2_e = 2.0F * std::numbers::log2e_v<float>;
  constexpr float half_log_2 = 0.5F * std::numbers::ln2_v<float>;
  const float shifted = (y - offset) * twice_log2_e + detail::kRounder;
  const auto scale = std::bit_cast<float>(std::bit_cast<std::uint32_t>(shifted) << 23);
  const float r = y - (shifted - detail::kRounder) * half_log_2;
  const float w = r * r;
  const float q = w * (w * -0.0220919885F + 0.333331466F);
  const float below = r - q;
  const float numerator = (scale - 1.0F) + (scale * (r + q) + below);
  const float half = 1.0F - below;
  const float large = numerator / (numerator + (half + half));

  constexpr float large_from = 0.265625F;
  const float result = select(size >= large_from, large, small);
  return detail::with_sign_of(x, result);
}

/// The natural logarithm: of 0 negative infinity, of what is negative no number.
LOCKSTEP_INLINE float log(float x) {
  using Limits = std::numeric_limits<float>;
  const bool subnormal = x < Limits::min();
  const float normal = select(subnormal, x * 0x1p23F, x);
  // x = m * 2^n, m from sqrt(1/2) to sqrt(2).
  const std::uint32_t above = std::bit_cast<std::uint32_t>(normal) - detail::kLeastM;
  const float n = static_cast<float>(std::bit_cast<std::int32_t>(above) >> 23) - select(subnormal, 23.0F, 0.0F);
  const float f = std::bit_cast<float>((above & 0x007fffff) + detail::kLeastM) - 1.0F;
  const float result = detail::log_of_parts(f, n);

  const float or_infinite = select(x < Limits::infinity(), result, x);
  const float of_no_positive = select(x == 0.0F, -Limits::infinity(), Limits::quiet_NaN());
  return select(x > 0.0F, or_infinite, of_no_positive);
}

/// log(1 + x), for small x too: of -1 negative infinity, below it no number.
LOCKSTEP_INLINE float log1p(float x) {
  using Limits = std::numeric_limits<float>;
  // From 2^64 on the 1 is lost, and x is scaled so that 2^-n below is a normal number.
  const bool large = x >= 0x1p64F;
  const float scaled = select(large, x * 0x1p-64F, x);
  const float one = select(large, 0.0F, 1.0F);
  // 1 + x = m * 2^n, m from about sqrt(1/2) to sqrt(2). m - 1 is rounded once, where 1 + x had lost digits of x.
  const std::uint32_t above = std::bit_cast<std::uint32_t>(one + scaled) - detail::kLeastM;
  const std::int32_t n = std::bit_cast<std::int32_t>(above) >> 23;
  const auto factor = std::bit_cast<float>(static_cast<std::uint32_t>(127 - n) << 23);
  const float f = (one * factor - 1.0F) + scaled * factor;
  const float result = detail::log_of_parts(f, static_cast<float>(n) + select(large, 64.0F, 0.0F));

  const float or_infinite = select(x < Limits::infinity(), result, x);
  const float of_no_positive = select(x == -1.0F, -Limits::infinity(), Limits::quiet_NaN());
  return select(x > -1.0F, or_infinite, of_no_positive);
}

/// e to the x, minus 1, for small x too. It is infinite above 88.72283.
LOCKSTEP_INLINE float expm1(float x) {
  constexpr float least = -40.0F;  // e^-40 is lost beside 1
  const float y = select(x < least, least, x);
  // y = n * log(2) + r. Small ones stay as they are, so that no digits are lost to a difference.
  const auto size = std::bit_cast<float>(std::bit_cast<std::uint32_t>(y) & ~detail::kSignBit);
  constexpr float large_from = 0.5F;
  const float shifted = select(size < large_from, 0.0F, y * std::numbers::log2e_v<float>) + detail::kRounder;
  const float n = shifted - detail::kRounder;
  const float r = (y - n * detail::kLog2High) - n * detail::kLog2Low;
  float p = 0.000200864321F;
  p = p * r + 0.00140110299F;
  p = p * r + 0.00833285227F;
  p = p * r + 0.0416649543F;
  p = p * r + 0.166666687F;
  p = p * r + 0.50000006F;
  const float rest = r + r * r * p;
  // Half the scale, as 2^128 is no float.
  const auto half = std::bit_cast<float>((std::bit_cast<std::uint32_t>(shifted) << 23) - (1U << 23));
  const float result = 2.0F * ((half - 0.5F) + half * rest);
  return select(x <= detail::kMostExponent, result, x + std::numeric_limits<float>::infinity());
}

/// log(1 + e^x), which is x for large x. It is 0 where it would be subnormal.
LOCKSTEP_INLINE float softplus(float x) {
  const auto minus_size = std::bit_cast<float>(std::bit_cast<std::uint32_t>(x) | detail::kSignBit);
  return select(x > 0.0F, x, 0.0F) + log1p(exp(minus_size));
}

/// The error function, within [-1, 1].
LOCKSTEP_INLINE float erf(float x) {
  const std::uint32_t size_bits = std::bit_cast<std::uint32_t>(x) & ~detail::kSignBit;
  const auto size = std::bit_cast<float>(size_bits);

  const float z = x * x;
  float p = -0.000601028907F;
  p = p * z + 0.00499734096F;
  p = p * z - 0.0267697331F;
  p = p * z + 0.112819113F;
  p = p * z - 0.376125038F;
  p = p * z + 0.128379151F;
  const float small = size + size * p;

  constexpr auto one_from = std::bit_cast<std::uint32_t>(4.0F);  // the rest is lost beside 1
  const auto y = std::bit_cast<float>(std::min(size_bits, one_from));
  float q = -1.12749276e-05F;
  q = q * y + 0.00032323692F;
  q = q * y - 0.00364420773F;
  q = q * y + 0.0237657391F;
  q = q * y - 0.106241122F;
  q = q * y - 0.635148764F;
  q = q * y - 1.12864912F;
  const float large = 1.0F - exp(y * q);  // log(1 - erf(y)) = y q(y)

  constexpr float large_from = 0.921875F;
  return detail::with_sign_of(x, select(size >= large_from, large, small));
}

/// The cosine of pi times x, for |x| < 2^53: errors below 2 ulp, and right where it is 0, 1 or -1.
double cos_pi(double x);

/// The natural logarithm of a positive normal number: errors below 1 ulp.
double log(double x);

/// Two independent normally distributed numbers of mean 0 and deviation 1 from 128 random bits: Box and Muller, "A note
/// on the generation of random normal deviates", 1958. With u = (first / 2^11 + 1) / 2^53, in (0, 1], and v = second /
/// 2^11 / 2^53, both quotients by 2^11 being cut to whole numbers, they are sqrt(-2 log(u)) times cos(2 pi v) and
/// sin(2 pi v).
std::array<double, 2> normal_pair(std::uint64_t first, std::uint64_t second);

/// base to the power of an integer, by repeated squaring. Its relative error is below `exponent` times 2^-52.
double power(double base, std::uint64_t exponent);

}  // namespace lockstep::elementary
