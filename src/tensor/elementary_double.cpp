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

/// 1/2!, 1/3!, ...: what the series of exp(x) - 1 - x has, to 1e-18 for |x| below 0.35.
constexpr auto kInverseFactorials = [] {
  std::array<double, 12> c{};
  double factorial = 1;
  for (std::size_t i = 0; i < c.size(); ++i) c[i] = 1 / (factorial *= static_cast<double>(i + 2));
  return c;
}();

/// exp(x) - 1, for |x| below 0.35.
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
  return std::abs(x) < 0.35 ? expm1_near_0(x) : exp(x) - 1;
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
  constexpr std::array a = {3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3,
                            1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,
                            3.3430575583588128105e4, 2.5090809287301226727e3};
  constexpr std::array b = {1.0,
                            4.2313330701600911252e1,
                            6.8718700749205790830e2,
                            5.3941960214247511077e3,
                            2.1213794301586595867e4,
                            3.9307895800092710610e4,
                            2.8729085735721942674e4,
                            5.2264952788528545610e3};
  constexpr std::array c = {1.42343711074968357734e0,  4.63033784615654529590e0, 5.76949722146069140550e0,
                            3.64784832476320460504e0,  1.27045825245236838258e0, 2.41780725177450611770e-1,
                            2.27238449892691845833e-2, 7.74545014278341407640e-4};
  constexpr std::array d = {1.0,
                            2.05319162663775882187e0,
                            1.67638483018380384940e0,
                            6.89767334985100004550e-1,
                            1.48103976427480074590e-1,
                            1.51986665636164571966e-2,
                            5.47593808499534494600e-4,
                            1.05075007164441684324e-9};
  const double q = p - 0.5;
  if (std::abs(q) <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * polynomial(a, r) / polynomial(b, r);
  }
  const double r = std::sqrt(-log(q < 0 ? p : 1 - p)) - 1.6;
  const double size = polynomial(c, r) / polynomial(d, r);
  return q < 0 ? -size : size;
}

}  // namespace lockstep::elementary
