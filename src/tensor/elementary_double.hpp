// Elementary functions of float64 for the scales of columns, one number at a time: fixed sequences of IEEE operations,
// as those of tensor/elementary.hpp.
#pragma once

#include <array>
#include <cstddef>

namespace lockstep::elementary {

/// log(1 + x) of a finite x > -1, without losing the digits of a small x.
double log1p(double x);

/// e to the x, infinite where it is no float64.
double exp(double x);

/// exp(x) - 1, without losing the digits of a small x.
double expm1(double x);

/// expm1(x) = x + x^2 (c[0] + c[1] x + ...) for |x| below kNear0, to 1e-18: c are 1/2!, 1/3!, ...
inline constexpr double kNear0 = 0.35;
inline constexpr auto kInverseFactorials = [] {
  std::array<double, 12> c{};
  double factorial = 1;
  for (std::size_t i = 0; i < c.size(); ++i) c[i] = 1 / (factorial *= static_cast<double>(i + 2));
  return c;
}();

/// The part of a standard normal distribution that lies below x, with an absolute error below 1e-15.
/// G. Marsaglia, "Evaluating the normal distribution", Journal of Statistical Software 11(4), 2004.
double normal_cdf(double x);

/// The x below which lies a part p of a standard normal distribution, for p from 1e-10 to 1 - 1e-10, to 16 digits.
/// M. J. Wichura, "Algorithm AS 241: The percentage points of the normal distribution", Applied Statistics 37(3), 1988.
double normal_quantile(double p);

/// What it computes with: with q = p - 1/2, where |q| <= kCentral, q times a ratio of polynomials in kCentralOffset -
/// q^2, and else with the sign of q a ratio of polynomials in sqrt(-log(min(p, 1 - p))) - kTailOffset.
namespace normal_quantile_parts {

inline constexpr double kCentral = 0.425;
inline constexpr double kCentralOffset = 0.180625;
inline constexpr double kTailOffset = 1.6;
inline constexpr std::array kCentralNumerator = {
    3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
    4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3};
inline constexpr std::array kCentralDenominator = {1.0,
                                                   4.2313330701600911252e1,
                                                   6.8718700749205790830e2,
                                                   5.3941960214247511077e3,
                                                   2.1213794301586595867e4,
                                                   3.9307895800092710610e4,
                                                   2.8729085735721942674e4,
                                                   5.2264952788528545610e3};
inline constexpr std::array kTailNumerator = {
    1.42343711074968357734e0, 4.63033784615654529590e0,  5.76949722146069140550e0,  3.64784832476320460504e0,
    1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4};
inline constexpr std::array kTailDenominator = {1.0,
                                                2.05319162663775882187e0,
                                                1.67638483018380384940e0,
                                                6.89767334985100004550e-1,
                                                1.48103976427480074590e-1,
                                                1.51986665636164571966e-2,
                                                5.47593808499534494600e-4,
                                                1.05075007164441684324e-9};

}  // namespace normal_quantile_parts

}  // namespace lockstep::elementary
