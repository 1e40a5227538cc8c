#include "tensor/elementary.hpp"

#include <bit>
#include <cmath>
#include <numbers>

namespace lockstep::elementary {

namespace {

/// sin(y) and cos(y) for |y| <= pi / 4: the polynomials of fdlibm (Sun Microsystems 1993), k_sin.c and k_cos.c.
double sine(double y) {
  const double z = y * y;
  double p = 1.58969099521155010221e-10;
  p = p * z - 2.50507602534068634195e-08;
  p = p * z + 2.75573137070700676789e-06;
  p = p * z - 1.98412698298579493134e-04;
  p = p * z + 8.33333333332248946124e-03;
  p = p * z - 1.66666666666666324348e-01;
  return y + y * z * p;
}

double cosine(double y) {
  const double z = y * y;
  double p = -1.13596475577881948265e-11;
  p = p * z + 2.08757232129817482790e-09;
  p = p * z - 2.75573143513906633035e-07;
  p = p * z + 2.48015872894767294178e-05;
  p = p * z - 1.38888888888741095749e-03;
  p = p * z + 4.16666666666666019037e-02;
  const double half = 0.5 * z;
  const double sum = 1.0 - half;
  return sum + (((1.0 - sum) - half) + z * z * p);  // with what rounding has taken from the sum
}

}  // namespace

double cos_pi(double x) {
  const double size = std::fabs(x);
  const double quarters = std::floor(2.0 * size + 0.5);         // of a turn
  const double y = std::numbers::pi * (size - 0.5 * quarters);  // the difference is exact
  const double place = quarters - 4.0 * std::floor(0.25 * quarters);
  if (place == 0.0) return cosine(y);
  if (place == 1.0) return 0.0 - sine(y);
  if (place == 2.0) return -cosine(y);
  return sine(y);
}

double log(double x) {
  // x = m * 2^n, m from sqrt(1/2) to sqrt(2); the series in s = f / (2 + f) of fdlibm's e_log.c, f = m - 1.
  constexpr auto least_m = std::bit_cast<std::uint64_t>(0x1.6a09e667f3bcdp-1);
  const std::uint64_t above = std::bit_cast<std::uint64_t>(x) - least_m;
  const auto n = static_cast<double>(std::bit_cast<std::int64_t>(above) >> 52);
  const double f = std::bit_cast<double>((above & 0x000fffffffffffff) + least_m) - 1.0;
  const double s = f / (2.0 + f);
  const double z = s * s;
  double p = 1.479819860511658591e-01;
  p = p * z + 1.531383769920937332e-01;
  p = p * z + 1.818357216161805012e-01;
  p = p * z + 2.222219843214978396e-01;
  p = p * z + 2.857142874366239149e-01;
  p = p * z + 3.999999999940941908e-01;
  p = p * z + 6.666666666666735130e-01;
  // log(2) is their sum. The first has so few bits that its product with n is exact.
  constexpr auto log_2_high = std::bit_cast<double>(std::uint64_t{0x3fe62e42fee00000});
  constexpr double log_2_low = 1.90821492927058770002e-10;
  const double half_square = 0.5 * f * f;
  return n * log_2_high - ((half_square - (s * (half_square + z * p) + n * log_2_low)) - f);
}

std::array<double, 2> normal_pair(std::uint64_t first, std::uint64_t second) {
  const double u = static_cast<double>((first >> 11) + 1) * 0x1p-53;
  const double half_turns = static_cast<double>(second >> 11) * 0x1p-52;
  const double radius = std::sqrt(-2.0 * log(u));
  return {radius * cos_pi(half_turns), radius * cos_pi(half_turns - 0.5)};
}

double power(double base, std::uint64_t exponent) {
  double result = 1.0;
  double square = base;
  for (std::uint64_t rest = exponent; rest > 0; rest >>= 1) {
    if (rest % 2 == 1) result *= square;
    if (rest > 1) square *= square;
  }
  return result;
}

}  // namespace lockstep::elementary
