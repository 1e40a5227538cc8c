// Elementary functions of float64 against the C library's, and against each other.
#include "tensor/elementary_double.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace lockstep {
namespace {

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
constexpr double kInfinity64 = std::numeric_limits<double>::infinity();

/// Calls check(x) for sizes from 1e-300 to `most` with both signs, and for 0.
template <class Check>
void for_many(double most, const Check& check) {
  check(0.0);
  for (double size = 1e-300; size <= most; size *= size < 1e-20 ? 1e7 : 1.0173)
    for (const double x : {size, -size}) check(x);
}

TEST(ElementaryDouble, Log1pAndExpm1AreThoseOfTheCLibrary) {
  for_many(1e300, [](double x) {
    if (x <= -1) return;
    EXPECT_NEAR(elementary::log1p(x), std::log1p(x), 4 * kEpsilon * std::abs(std::log1p(x))) << x;
  });
  for_many(709, [](double x) {
    EXPECT_NEAR(elementary::expm1(x), std::expm1(x), 4 * kEpsilon * std::abs(std::expm1(x))) << x;
    EXPECT_NEAR(elementary::exp(x), std::exp(x), 4 * kEpsilon * std::exp(x)) << x;
  });
}

TEST(ElementaryDouble, ExpKnowsItsLimits) {
  EXPECT_EQ(elementary::exp(711.0), kInfinity64);
  EXPECT_EQ(elementary::exp(kInfinity64), kInfinity64);
  EXPECT_EQ(elementary::exp(-kInfinity64), 0);
  EXPECT_TRUE(std::isnan(elementary::exp(std::nan(""))));
  EXPECT_TRUE(std::isnan(elementary::normal_cdf(std::nan(""))));
}

TEST(ElementaryDouble, NormalCdfIsThatOfTheCLibrary) {
  for_many(40, [](double x) { EXPECT_NEAR(elementary::normal_cdf(x), 0.5 * std::erfc(-x / std::sqrt(2.0)), 1e-15); });
}

TEST(ElementaryDouble, NormalQuantileIsTheWayBack) {
  for (double p = 1e-10; p < 0.5; p *= 1.03)
    for (const double part : {p, 1 - p}) {
      const double x = elementary::normal_quantile(part);
      EXPECT_NEAR(0.5 * std::erfc(-x / std::sqrt(2.0)), part, 4e-14 * part) << part;
    }
  EXPECT_EQ(elementary::normal_quantile(0.5), 0);
}

}  // namespace
}  // namespace lockstep
