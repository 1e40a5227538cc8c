#include "tensor/elementary_double.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>

#include "tensor/elementary.hpp"

namespace lockstep::elementary {

namespace {

/// log(2) is their sum. The first has so few bits that its product with an exponent is exact.
constexpr auto kLog2High = std::bit_cast<double>(std::uint64_t{0x3fe62e42fee00000});
constexpr double kLog2Low = 0x1.a39ef35793c76p-33;

/// c[0] + c[1] x + c[2] x^2 + ...
template <std::size_t Size>
double polynomial(const std::array<double, Size>& c, double x) {
  double result = c[Size - 1];
  for (std::size_t i = Size - 1; i > 0; --i) result = result * x + c[i - 1];
  return result;
}

/// exp(x) - 1, for |x| below kNear0.
double expm1_near_0(double x) {
  return x + x * x * polynomial(kInverseFactorials, x);
}

}  // namespace

double log1p(double x) {
  const double sum = 1 + x;
  return log(sum) + (x - (sum - 1)) / sum;  // what the sum has lost
}

double exp(double x) {
  if (!(x <= 710)) return x + std::numeric_limits<double>::infinity();  // NaN stays NaN
  if (x < -746) return 0;
  const double n = std::floor(x * std::numbers::log2e + 0.5);
  const double r = (x - n * kLog2High) - n * kLog2Low;
  return std::ldexp(1 + expm1_near_0(r), static_cast<int>(n));
}

double expm1(double x) {
  return std::abs(x) < kNear0 ? expm1_near_0(x) : exp(x) - 1;
}

double normal_cdf(double x) {
  constexpr double kNoneBeyond = 8.3;  // 1e-16
  if (std::abs(x) > kNoneBeyond) return x < 0 ? 0 : 1;
  const double square = x * x;
  double term = x;
  double sum = x;
  double before = 0;
  for (double odd = 3; std::abs(sum - before) > 0; odd += 2) {
    before = sum;
    term *= square / odd;
    sum += term;
  }
  constexpr double kDensityAt0 = std::numbers::inv_sqrtpi / std::numbers::sqrt2;
  return 0.5 + sum * (kDensityAt0 * exp(-0.5 * square));
}

double normal_quantile(double p) {
  using namespace normal_quantile_parts;
  const double q = p - 0.5;
  if (std::abs(q) <= kCentral) {
    const double r = kCentralOffset - q * q;
    return q * polynomial(kCentralNumerator, r) / polynomial(kCentralDenominator, r);
  }
  const double r = std::sqrt(-log(q < 0 ? p : 1 - p)) - kTailOffset;
  const double size = polynomial(kTailNumerator, r) / polynomial(kTailDenominator, r);
  return q < 0 ? -size : size;
}

}  // namespace lockstep::elementary
