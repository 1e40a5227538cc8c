// Activations against their formulas, derivatives against finite differences.
#include "nn/activation.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "formulas.hpp"
#include "tensor/elementary.hpp"

namespace lockstep {
namespace {

constexpr std::array kAll = {Activation::identity, Activation::sigmoid, Activation::tanh, Activation::relu,
                             Activation::leaky_relu};

TEST(Activation, FollowsItsFormulaAfterTheBias) {
  const std::vector<float> bias = {0.5F, -2.0F, 0.0F};
  const std::vector<float> sums = {-1.0F, 0.25F, 3.0F, 90.0F, -90.0F, 0.0F};
  for (const Activation activation : kAll) {
    std::vector<float> values = sums;
    add_bias_and_activate(activation, bias, Matrix(values, 2, 3));
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double expected =
          activation_formula(activation, static_cast<double>(sums[i]) + static_cast<double>(bias[i % 3]));
      EXPECT_NEAR(static_cast<double>(values[i]), expected, 1e-6 * std::max(1.0, std::abs(expected)));
    }
  }
}

TEST(Activation, IsTheSameInAnyNumberOfColumns) {
  constexpr std::size_t kRows = 3;
  constexpr std::size_t kStride = 80;
  for (std::size_t cols = 1; cols < kStride; ++cols) {
    std::vector<float> sums(kRows * kStride);
    std::vector<float> bias(cols);
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] = 0.05F * static_cast<float>(i) - 6.0F;
    for (std::size_t c = 0; c < cols; ++c) bias[c] = 0.3F - 0.01F * static_cast<float>(c);
    std::vector<float> of_tanh = sums;
    std::vector<float> of_sigmoid = sums;
    add_bias_and_activate(Activation::tanh, bias, Matrix(of_tanh, kRows, cols, kStride));
    add_bias_and_activate(Activation::sigmoid, bias, Matrix(of_sigmoid, kRows, cols, kStride));
    for (std::size_t i = 0; i < sums.size(); ++i) {
      const std::size_t c = i % kStride;
      ASSERT_EQ(of_tanh[i], c < cols ? elementary::tanh(sums[i] + bias[c]) : sums[i]) << cols;
      ASSERT_EQ(of_sigmoid[i], c < cols ? elementary::sigmoid(sums[i] + bias[c]) : sums[i]) << cols;
    }
  }
}

TEST(Activation, DerivativeIsTheLimitOfDifferences) {
  constexpr double kStep = 1e-5;
  for (const Activation activation : kAll) {
    for (const double x : {-3.0, -0.7, -0.01, 0.01, 0.3, 2.5}) {
      const double slope =
          (activation_formula(activation, x + kStep) - activation_formula(activation, x - kStep)) / (2 * kStep);
      std::vector<float> output = {static_cast<float>(activation_formula(activation, x))};
      std::vector<float> delta = {3.0F};
      std::vector<float> sum = {7.0F};
      const float most = multiply_by_derivative(activation, ConstMatrix(output, 1, 1), Matrix(delta, 1, 1), sum);
      EXPECT_EQ(sum[0], 7.0F + delta[0]);
      EXPECT_EQ(most, std::abs(delta[0]));
      EXPECT_NEAR(static_cast<double>(delta[0]), 3 * slope, 1e-5) << "at " << x;
    }
  }
}

TEST(Activation, DerivativesAreSummedOverRows) {
  constexpr std::size_t kRows = 5;
  for (const std::size_t cols : {1, 3, 16, 70}) {
    std::vector<float> outputs(kRows * cols);
    std::vector<float> delta(kRows * cols);
    for (std::size_t i = 0; i < delta.size(); ++i) {
      outputs[i] = i % 3 == 0 ? 0.0F : 1.0F;
      delta[i] = 0.1F * static_cast<float>(i % 7) - 0.2F;
    }
    delta[1] = -9;
    std::vector<float> expected = delta;
    for (std::size_t i = 0; i < delta.size(); i += 3) expected[i] *= 0.0F;
    std::vector<float> sums(cols, 8.0F);
    const Matrix rows(delta, kRows, cols);
    EXPECT_EQ(multiply_by_derivative(Activation::relu, ConstMatrix(outputs, kRows, cols), rows, sums), 9.0F);
    EXPECT_EQ(delta, expected);
    for (std::size_t c = 0; c < cols; ++c) {
      float sum = 8;
      for (std::size_t r = 0; r < kRows; ++r) sum += expected[r * cols + c];
      EXPECT_EQ(sums[c], sum);
    }
    delta[1] = std::numeric_limits<float>::quiet_NaN();
    EXPECT_TRUE(std::isnan(multiply_by_derivative(Activation::relu, ConstMatrix(outputs, kRows, cols), rows, sums)));
  }
}

TEST(Activation, RectifiersTakeTheNegativeSideAtTheirKink) {
  std::vector<float> output = {0.0F};
  std::vector<float> delta = {2.0F};
  std::vector<float> sum(1);
  multiply_by_derivative(Activation::relu, ConstMatrix(output, 1, 1), Matrix(delta, 1, 1), sum);
  EXPECT_EQ(delta[0], 0.0F);
  delta[0] = 2.0F;
  multiply_by_derivative(Activation::leaky_relu, ConstMatrix(output, 1, 1), Matrix(delta, 1, 1), sum);
  EXPECT_EQ(delta[0], 2.0F * kLeakySlope);
}

TEST(Activation, SaturatesWithoutOverflow) {
  for (const float x : {-1e30F, 1e30F}) {
    std::vector<float> values = {x};
    add_bias_and_activate(Activation::sigmoid, std::array{0.0F}, Matrix(values, 1, 1));
    EXPECT_EQ(values[0], x < 0 ? 0.0F : 1.0F);
    std::vector<float> sum(1);
    multiply_by_derivative(Activation::sigmoid, ConstMatrix(values, 1, 1), Matrix(values, 1, 1), sum);
    EXPECT_EQ(values[0], 0.0F);
  }
}

}  // namespace
}  // namespace lockstep
