// Elementary functions against the C library's in double, over floats of all sizes; and their bits, one at a time and
// in vector registers of each width.
#include "tensor/elementary.hpp"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <numbers>
#include <span>
#include <string>
#include <vector>

#include "base/digest.hpp"

namespace lockstep {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kLeastNormal = std::numeric_limits<float>::min();

/// Every 997th float: some 8400 of each power of two and sign, and of what is no number.
const std::vector<float>& sample() {
  static const std::vector<float> values = [] {
    std::vector<float> result;
    for (std::uint64_t bits = 0; bits < 1ULL << 32; bits += 997)
      result.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
    return result;
  }();
  return values;
}

/// The distance in steps of floats of that size.
double error_in_ulp(float value, double exact) {
  if (std::isnan(exact)) return std::isnan(value) ? 0 : kInfinity;
  if (std::isinf(static_cast<float>(exact))) return value == static_cast<float>(exact) ? 0 : kInfinity;
  const int exponent = exact == 0 ? -126 : std::max(std::ilogb(exact), -126);
  return std::abs(static_cast<double>(value) - exact) / std::ldexp(1.0, exponent - 23);
}

void expect_errors_below(double limit, const std::function<float(float)>& function,
                         const std::function<double(double)>& exact) {
  double worst = 0;
  float at = 0;
  for (const float x : sample())
    if (const double error = error_in_ulp(function(x), exact(static_cast<double>(x))); !(error <= worst)) {
      worst = error;
      at = x;
    }
  EXPECT_LT(worst, limit) << "at " << at;
}

double no_subnormal(double exact) {
  return std::abs(exact) < static_cast<double>(kLeastNormal) ? 0.0 : exact;
}

TEST(Elementary, Exp) {
  const auto function = [](float x) { return elementary::exp(x); };
  expect_errors_below(1, function, [](double x) { return no_subnormal(std::exp(x)); });
  EXPECT_EQ(function(0.0F), 1.0F);
  EXPECT_EQ(function(-0.0F), 1.0F);
  EXPECT_EQ(function(kInfinity), kInfinity);
  EXPECT_EQ(function(-kInfinity), 0.0F);
  EXPECT_TRUE(std::isnan(function(kNan)));
  const float most = 88.72283F;  // the largest whose exponential is a float
  EXPECT_TRUE(std::isfinite(function(most)));
  EXPECT_EQ(function(std::nextafter(most, 100.0F)), kInfinity);
  const float least = -87.33654F;  // the smallest whose exponential is a normal float
  EXPECT_GE(function(least), kLeastNormal);
  EXPECT_EQ(function(std::nextafter(least, -100.0F)), 0.0F);
}

TEST(Elementary, Sigmoid) {
  const auto function = [](float x) { return elementary::sigmoid(x); };
  expect_errors_below(2, function, [](double x) { return no_subnormal(1 / (1 + std::exp(-x))); });
  EXPECT_EQ(function(0.0F), 0.5F);
  EXPECT_EQ(function(kInfinity), 1.0F);
  EXPECT_EQ(function(-kInfinity), 0.0F);
  EXPECT_TRUE(std::isnan(function(kNan)));
  for (const float x : sample()) ASSERT_TRUE(std::isnan(x) || (function(x) >= 0 && function(x) <= 1)) << x;
}

TEST(Elementary, Tanh) {
  const auto function = [](float x) { return elementary::tanh(x); };
  expect_errors_below(2, function, [](double x) { return std::tanh(x); });
  EXPECT_FALSE(std::signbit(function(0.0F)));
  EXPECT_TRUE(std::signbit(function(-0.0F)));
  EXPECT_EQ(function(kInfinity), 1.0F);
  EXPECT_EQ(function(-kInfinity), -1.0F);
  EXPECT_TRUE(std::isnan(function(kNan)));
  for (const float x : sample())
    ASSERT_TRUE(std::isnan(x) || (std::abs(function(x)) <= 1 && function(-x) == -function(x))) << x;
}

TEST(Elementary, Log) {
  const auto function = [](float x) { return elementary::log(x); };
  expect_errors_below(1, function, [](double x) { return std::log(x); });
  EXPECT_EQ(function(1.0F), 0.0F);
  EXPECT_EQ(function(0.0F), -kInfinity);
  EXPECT_EQ(function(-0.0F), -kInfinity);
  EXPECT_EQ(function(kInfinity), kInfinity);
  EXPECT_TRUE(std::isnan(function(-kLeastNormal)));
  EXPECT_TRUE(std::isnan(function(-kInfinity)));
  EXPECT_TRUE(std::isnan(function(kNan)));
}

TEST(Elementary, Log1p) {
  const auto function = [](float x) { return elementary::log1p(x); };
  expect_errors_below(2, function, [](double x) { return std::log1p(x); });
  EXPECT_EQ(function(0.0F), 0.0F);
  EXPECT_EQ(function(-1.0F), -kInfinity);
  EXPECT_EQ(function(kInfinity), kInfinity);
  EXPECT_TRUE(std::isnan(function(std::nextafter(-1.0F, -2.0F))));
  EXPECT_TRUE(std::isnan(function(-kInfinity)));
  EXPECT_TRUE(std::isnan(function(kNan)));
}

TEST(Elementary, Expm1) {
  const auto function = [](float x) { return elementary::expm1(x); };
  expect_errors_below(2, function, [](double x) { return std::expm1(x); });
  EXPECT_EQ(function(0.0F), 0.0F);
  EXPECT_EQ(function(kInfinity), kInfinity);
  EXPECT_EQ(function(-kInfinity), -1.0F);
  EXPECT_TRUE(std::isnan(function(kNan)));
  for (const float x : sample()) ASSERT_TRUE(std::isnan(x) || function(x) >= -1) << x;
}

TEST(Elementary, Softplus) {
  const auto function = [](float x) { return elementary::softplus(x); };
  expect_errors_below(2, function, [](double x) { return x > 100 ? x : no_subnormal(std::log1p(std::exp(x))); });
  EXPECT_EQ(function(kInfinity), kInfinity);
  EXPECT_EQ(function(-kInfinity), 0.0F);
  EXPECT_TRUE(std::isnan(function(kNan)));
}

TEST(Elementary, Erf) {
  const auto function = [](float x) { return elementary::erf(x); };
  expect_errors_below(2, function, [](double x) { return std::erf(x); });
  EXPECT_FALSE(std::signbit(function(0.0F)));
  EXPECT_TRUE(std::signbit(function(-0.0F)));
  EXPECT_EQ(function(kInfinity), 1.0F);
  EXPECT_EQ(function(-kInfinity), -1.0F);
  EXPECT_TRUE(std::isnan(function(kNan)));
  for (const float x : sample())
    ASSERT_TRUE(std::isnan(x) || (std::abs(function(x)) <= 1 && function(-x) == -function(x))) << x;
}

// ---- bits

enum class Function { exp, sigmoid, tanh, log, log1p, expm1, softplus, erf };

template <class Of>
LOCKSTEP_INLINE void apply_to_each(std::span<const float> x, std::span<float> y, Of of) {
  for (std::size_t i = 0; i < y.size(); ++i) y[i] = of(x[i]);
}

LOCKSTEP_INLINE void apply(Function function, std::span<const float> x, std::span<float> y) {
  switch (function) {
    case Function::exp:
      return apply_to_each(x, y, [](float value) { return elementary::exp(value); });
    case Function::sigmoid:
      return apply_to_each(x, y, [](float value) { return elementary::sigmoid(value); });
    case Function::tanh:
      return apply_to_each(x, y, [](float value) { return elementary::tanh(value); });
    case Function::log:
      return apply_to_each(x, y, [](float value) { return elementary::log(value); });
    case Function::log1p:
      return apply_to_each(x, y, [](float value) { return elementary::log1p(value); });
    case Function::expm1:
      return apply_to_each(x, y, [](float value) { return elementary::expm1(value); });
    case Function::softplus:
      return apply_to_each(x, y, [](float value) { return elementary::softplus(value); });
    case Function::erf:
      return apply_to_each(x, y, [](float value) { return elementary::erf(value); });
  }
}

using Version = void (*)(Function, std::span<const float>, std::span<float>);

void of_this_build(Function function, std::span<const float> x, std::span<float> y) {
  apply(function, x, y);
}

void one_at_a_time(Function function, std::span<const float> x, std::span<float> y) {
  for (std::size_t i = 0; i < y.size(); ++i) apply(function, x.subspan(i, 1), y.subspan(i, 1));
}

#ifdef __x86_64__
[[gnu::target("avx2,fma")]] void with_avx2(Function function, std::span<const float> x, std::span<float> y) {
  apply(function, x, y);
}

[[gnu::target("avx512f")]] void with_avx512(Function function, std::span<const float> x, std::span<float> y) {
  apply(function, x, y);
}
#endif

std::vector<Version> versions() {
  std::vector<Version> result = {of_this_build, one_at_a_time};
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) result.push_back(with_avx2);
  if (__builtin_cpu_supports("avx512f")) result.push_back(with_avx512);
#endif
  return result;
}

// The digests are those of g++ 12.2; those of clang++ 19 are equal. Any change of them changes what runs compute.
TEST(Elementary, BitsAreTheSameInAnyRegistersAndByAnyCompiler) {
  const std::vector<std::pair<Function, std::string>> expected = {
      {Function::exp, "c236fc0254ed6b06"},      {Function::sigmoid, "2500f6bb762c8396"},
      {Function::tanh, "882add072d74f40b"},     {Function::log, "2356387889c5eb87"},
      {Function::log1p, "daf950038bc2ef80"},    {Function::expm1, "117977001210c689"},
      {Function::softplus, "363634174259b4b5"}, {Function::erf, "6af95ffb2a34775e"}};
  for (const auto& [function, digest] : expected)
    for (const Version version : versions()) {
      std::vector<float> results(sample().size());
      version(function, sample(), results);
      for (float& result : results)
        if (std::isnan(result)) result = kNan;  // one of many
      EXPECT_EQ(digest_of(results), digest) << "function " << static_cast<int>(function);
    }
}

// ---- in double

TEST(Elementary, CosineOfHalfTurns) {
  double worst = 0;
  std::vector<double> results;
  for (int i = -30000; i <= 30000; ++i) {
    const double x = i / 7000.0;
    results.push_back(elementary::cos_pi(x));
    // The sine of the distance to the nearest zero, which is exact.
    const long double zero = std::floor(static_cast<long double>(x)) + 0.5L;
    const long double sine = std::sin(std::numbers::pi_v<long double> * (zero - static_cast<long double>(x)));
    const long double exact = std::fmod(std::floor(x), 2.0) == 0 ? sine : -sine;
    if (exact == 0) continue;
    const double ulp = std::ldexp(1.0, std::ilogb(exact) - 52);
    worst = std::max(worst, static_cast<double>(std::abs(static_cast<long double>(results.back()) - exact)) / ulp);
  }
  EXPECT_LT(worst, 2);
  for (const double whole : {0.0, 2.0, -4.0, 1e15}) {
    EXPECT_EQ(elementary::cos_pi(whole), 1.0);
    EXPECT_EQ(elementary::cos_pi(whole + 0.5), 0.0);
    EXPECT_EQ(elementary::cos_pi(whole + 1.0), -1.0);
    EXPECT_EQ(elementary::cos_pi(whole + 1.5), 0.0);
  }
  EXPECT_TRUE(std::isnan(elementary::cos_pi(std::numeric_limits<double>::infinity())));
  Digest digest;
  digest.add_bytes(std::as_bytes(std::span(results)));
  EXPECT_EQ(digest.text(), "0b3f4ac87af62704");
}

TEST(Elementary, LogInDouble) {
  double worst = 0;
  std::vector<double> results;
  for (int i = 1; i <= 100000; ++i)
    for (const double scale : {1e-300, 0x1p-53, 1e-5, 1e-3, 1e300}) {
      const double x = scale * i;
      results.push_back(elementary::log(x));
      const long double exact = std::log(static_cast<long double>(x));
      const double ulp = std::ldexp(1.0, exact == 0 ? -52 : std::ilogb(static_cast<double>(exact)) - 52);
      worst = std::max(worst, static_cast<double>(std::abs(static_cast<long double>(results.back()) - exact)) / ulp);
    }
  EXPECT_LT(worst, 1);
  EXPECT_EQ(elementary::log(1.0), 0.0);
  Digest digest;
  digest.add_bytes(std::as_bytes(std::span(results)));
  EXPECT_EQ(digest.text(), "a30d1521b3723959");
}

TEST(Elementary, NormalPairsFollowTheFormula) {
  for (std::uint64_t i = 0; i < 10000; ++i) {
    const std::uint64_t first = i * 0x9E3779B97F4A7C15;
    const std::uint64_t second = i * 0xD1B54A32D192ED03;
    const auto u = static_cast<long double>((first >> 11) + 1) * 0x1p-53L;
    const auto angle = 2 * std::numbers::pi_v<long double> * static_cast<long double>(second >> 11) * 0x1p-53L;
    const long double radius = std::sqrt(-2 * std::log(u));
    const auto pair = elementary::normal_pair(first, second);
    EXPECT_NEAR(pair[0], static_cast<double>(radius * std::cos(angle)), 1e-14);
    EXPECT_NEAR(pair[1], static_cast<double>(radius * std::sin(angle)), 1e-14);
  }
  EXPECT_EQ(elementary::normal_pair(~0ULL, 0)[0], 0.0) << "u = 1";
}

TEST(Elementary, PowersOfIntegers) {
  std::vector<double> results;
  for (const double base : {0.1, 0.5, 0.94, 0.999, 1.0, 1.7})
    for (std::uint64_t exponent = 0; exponent <= 300; ++exponent) {
      results.push_back(elementary::power(base, exponent));
      const long double exact = std::pow(static_cast<long double>(base), static_cast<long double>(exponent));
      EXPECT_LE(std::abs(static_cast<long double>(results.back()) / exact - 1),
                static_cast<long double>(exponent) * 0x1p-52L)
          << base << " to the " << exponent;
    }
  EXPECT_EQ(elementary::power(0.5, 1074), 0x1p-1074);
  EXPECT_EQ(elementary::power(0.1, std::numeric_limits<std::uint64_t>::max()), 0.0);
  EXPECT_EQ(elementary::power(0.0, 0), 1.0);
  EXPECT_EQ(elementary::power(0.0, 1), 0.0);
  Digest digest;
  digest.add_bytes(std::as_bytes(std::span(results)));
  EXPECT_EQ(digest.text(), "a60696d27707a307");
}

}  // namespace
}  // namespace lockstep
