// The functions that exported files of C have are those of the program, bit by bit.
#include <gtest/gtest.h>
#include <math.h>    // NOLINT(modernize-deprecated-headers): as in those files
#include <stddef.h>  // NOLINT(modernize-deprecated-headers)
#include <stdint.h>  // NOLINT(modernize-deprecated-headers)
#include <string.h>  // NOLINT(modernize-deprecated-headers)

#include <bit>
#include <cmath>

#include "data/scales/list.hpp"
#include "nn/activations/list.hpp"

namespace c {

#define restrict __restrict__
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#include "export/c/parts.c"
#pragma GCC diagnostic pop
#undef restrict

}  // namespace c

namespace lockstep {

namespace {

/// Checks `of_c` against `of_program` for floats of every size and sign.
template <class A, class B>
void expect_same_floats(const char* name, const A& of_c, const B& of_program) {
  constexpr std::uint64_t kStep = 49157;
  for (std::uint64_t bits = 0; bits <= 0xffffffff; bits += kStep) {
    const auto x = std::bit_cast<float>(static_cast<std::uint32_t>(bits));
    if (std::isnan(x)) continue;
    const float found = of_c(x);
    const float expected = of_program(x);
    if (std::isnan(found) && std::isnan(expected)) continue;
    ASSERT_EQ(std::bit_cast<std::uint32_t>(found), std::bit_cast<std::uint32_t>(expected)) << name << " of " << x;
  }
}

/// The same of numbers of float64.
template <class A, class B>
void expect_same_doubles(const char* name, double least, double most, const A& of_c, const B& of_program) {
  constexpr int kSteps = 20000;
  for (int i = 0; i <= kSteps; ++i) {
    const double x = least + (most - least) * i / kSteps;
    ASSERT_EQ(std::bit_cast<std::uint64_t>(of_c(x)), std::bit_cast<std::uint64_t>(of_program(x)))
        << name << " of " << x;
  }
}

TEST(CParts, FunctionsOfFloat32) {
  expect_same_floats("exp", c::float_exp, [](float x) { return elementary::exp(x); });
  expect_same_floats("sigmoid", c::float_sigmoid, [](float x) { return elementary::sigmoid(x); });
  expect_same_floats("tanh", c::float_tanh, [](float x) { return elementary::tanh(x); });
  expect_same_floats("log1p", c::float_log1p, [](float x) { return elementary::log1p(x); });
  expect_same_floats("expm1", c::float_expm1, [](float x) { return elementary::expm1(x); });
  expect_same_floats("erf", c::float_erf, [](float x) { return elementary::erf(x); });
}

TEST(CParts, Activations) {
  const ActivationOptions options{.leaky_slope = 0.3, .elu_alpha = 0.7};
  expect_same_floats("relu", c::relu, Relu(options));
  expect_same_floats(
      "leaky_relu", [](float x) { return c::leaky_relu(x, 0.3F); }, LeakyRelu(options));
  expect_same_floats(
      "elu", [](float x) { return c::elu(x, 0.7F); }, Elu(options));
  expect_same_floats(
      "selu", [](float x) { return c::selu(x, Selu::kScale, Selu::kScaledAlpha); }, Selu(options));
  expect_same_floats("gelu", c::gelu, Gelu(options));
  expect_same_floats("silu", c::silu, Silu(options));
  expect_same_floats("softplus", c::softplus, Softplus(options));
}

TEST(CParts, Scales) {
  const ColumnScale none;
  expect_same_doubles("log", -1e9, 1e9, c::log_curve, [&](double x) { return LogScale::curve(x, none); });
  expect_same_doubles("log", -1, 1, c::log_curve, [&](double x) { return LogScale::curve(x, none); });
  expect_same_doubles("log, back", -30, 30, c::log_curve_back, [&](double x) { return LogScale::raw(x, none); });
  expect_same_doubles("log, back", -800, 800, c::log_curve_back, [&](double x) { return LogScale::raw(x, none); });
  ColumnScale scale;
  scale.quantiles = {-3, -1, -1, -1, 0, 0.5, 2, 8, 8};
  const double* quantiles = scale.quantiles.data();
  expect_same_doubles(
      "quantile", -4, 9, [&](double x) { return c::quantile_curve(x, quantiles, 9); },
      [&](double x) { return QuantileScale::curve(x, scale); });
  expect_same_doubles(
      "quantile, back", -9, 9, [&](double x) { return c::quantile_curve_back(x, quantiles, 9); },
      [&](double x) { return QuantileScale::raw(x, scale); });
}

}  // namespace

}  // namespace lockstep
