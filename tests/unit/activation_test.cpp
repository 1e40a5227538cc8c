// Activations against their formulas, derivatives against finite differences.
#include "nn/activation.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <set>
#include <string_view>
#include <vector>

#include "formulas.hpp"

namespace lockstep {
namespace {

const std::vector<ActivationOptions> kOptions = {{}, {.leaky_slope = 0.3, .elu_alpha = 1.7}};

/// activation(sums + 0), one at a time.
std::vector<float> activated(Activation activation, const ActivationOptions& options, std::vector<float> sums) {
  for (float& sum : sums) add_bias_and_activate(activation, options, std::array{0.0F}, Matrix({&sum, 1}, 1, 1));
  return sums;
}

TEST(Activation, NamesAreTheirOwn) {
  std::set<std::string_view> names;
  for (const auto& [name, activation] : Activations::kNames) {
    EXPECT_TRUE(names.insert(name).second) << name;
    EXPECT_EQ(Activations::name_of(activation), name);
  }
  EXPECT_EQ(Activations::name_of(kActivation<Relu>), "relu");
}

TEST(Activation, FollowsItsFormulaAfterTheBias) {
  const std::vector<float> bias = {0.5F, -2.0F, 0.0F};
  std::vector<float> sums = {-1.0F, 0.25F, 3.0F, 90.0F, -90.0F, 0.0F};
  for (int i = -300; i <= 300; ++i) sums.push_back(0.04F * static_cast<float>(i));
  sums.resize(sums.size() / 3 * 3);
  for (const Activation activation : all_activations())
    for (const ActivationOptions& options : kOptions) {
      std::vector<float> values = sums;
      add_bias_and_activate(activation, options, bias, Matrix(values, sums.size() / 3, 3));
      for (std::size_t i = 0; i < values.size(); ++i) {
        const double x = static_cast<double>(sums[i] + bias[i % 3]);
        const double expected = activation_formula(activation, x, options);
        EXPECT_NEAR(static_cast<double>(values[i]), expected, 3e-7 * std::max(1.0, std::abs(expected)))
            << Activations::name_of(activation) << " at " << x;
      }
    }
}

TEST(Activation, IsTheSameInAnyNumberOfColumns) {
  constexpr std::size_t kRows = 3;
  constexpr std::size_t kStride = 80;
  for (const Activation activation : all_activations())
    for (std::size_t cols = 1; cols < kStride; ++cols) {
      std::vector<float> sums(kRows * kStride);
      std::vector<float> bias(cols);
      for (std::size_t i = 0; i < sums.size(); ++i) sums[i] = 0.05F * static_cast<float>(i) - 6.0F;
      for (std::size_t c = 0; c < cols; ++c) bias[c] = 0.3F - 0.01F * static_cast<float>(c);
      std::vector<float> values = sums;
      add_bias_and_activate(activation, {}, bias, Matrix(values, kRows, cols, kStride));
      for (std::size_t i = 0; i < sums.size(); ++i)
        if (const std::size_t c = i % kStride; c < cols) sums[i] += bias[c];
      const std::vector<float> alone = activated(activation, {}, sums);
      for (std::size_t i = 0; i < sums.size(); ++i)
        ASSERT_EQ(values[i], i % kStride < cols ? alone[i] : sums[i]) << Activations::name_of(activation) << cols;
    }
}

TEST(Activation, KeepsWhatGoesIntoIt) {
  const std::vector<float> bias = {0.5F, -2.0F, 0.0F};
  const std::vector<float> sums = {-1.0F, 0.25F, 3.0F, 90.0F, -90.0F, 0.0F};
  std::vector<float> inputs(6);
  keep_inputs(bias, ConstMatrix(sums, 2, 3), Matrix(inputs, 2, 3));
  EXPECT_EQ(inputs, (std::vector<float>{-0.5F, -1.75F, 3.0F, 90.5F, -92.0F, 0.0F}));
}

TEST(Activation, DerivativeIsTheLimitOfDifferences) {
  constexpr double kStep = 1e-5;
  for (const Activation activation : all_activations())
    for (const ActivationOptions& options : kOptions)
      for (const double x : {-30.0, -8.0, -3.0, -0.7, -0.01, 0.01, 0.3, 2.5, 8.0, 30.0}) {
        const double slope =
            (activation_formula(activation, x + kStep, options) - activation_formula(activation, x - kStep, options)) /
            (2 * kStep);
        std::vector<float> at = {static_cast<float>(x)};
        if (!has_derivative_at_input(activation)) at = activated(activation, options, at);
        std::vector<float> delta = {3.0F};
        std::vector<float> sum = {7.0F};
        const float most = multiply_by_derivative(activation, options, ConstMatrix(at, 1, 1), Matrix(delta, 1, 1), sum);
        EXPECT_EQ(sum[0], 7.0F + delta[0]);
        EXPECT_EQ(most, std::abs(delta[0]));
        EXPECT_NEAR(static_cast<double>(delta[0]), 3 * slope, 1e-6) << Activations::name_of(activation) << " at " << x;
      }
}

TEST(Activation, DerivativesAreSummedOverRows) {
  constexpr std::size_t kRows = 5;
  for (const std::size_t cols : {1U, 3U, 16U, 70U}) {
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
    EXPECT_EQ(multiply_by_derivative(kActivation<Relu>, {}, ConstMatrix(outputs, kRows, cols), rows, sums), 9.0F);
    EXPECT_EQ(delta, expected);
    for (std::size_t c = 0; c < cols; ++c) {
      float sum = 8;
      for (std::size_t r = 0; r < kRows; ++r) sum += expected[r * cols + c];
      EXPECT_EQ(sums[c], sum);
    }
    delta[1] = std::numeric_limits<float>::quiet_NaN();
    EXPECT_TRUE(
        std::isnan(multiply_by_derivative(kActivation<Relu>, {}, ConstMatrix(outputs, kRows, cols), rows, sums)));
  }
}

TEST(Activation, TakesTheNegativeSideAtAKink) {
  constexpr ActivationOptions kUnusual{.leaky_slope = 0.3, .elu_alpha = 1.7};
  for (const auto& [activation, slope] : {std::pair(kActivation<Relu>, 0.0F), std::pair(kActivation<LeakyRelu>, 0.3F),
                                          std::pair(kActivation<Elu>, 1.7F)}) {
    std::vector<float> output = {0.0F};
    std::vector<float> delta = {2.0F};
    std::vector<float> sum(1);
    multiply_by_derivative(activation, kUnusual, ConstMatrix(output, 1, 1), Matrix(delta, 1, 1), sum);
    EXPECT_EQ(delta[0], 2.0F * slope);
  }
}

TEST(Activation, SaturatesWithoutOverflow) {
  for (const Activation activation : all_activations())
    for (const float x : {-1e30F, 1e30F}) {
      std::vector<float> at = activated(activation, {}, {x});
      EXPECT_TRUE(std::isfinite(at[0])) << Activations::name_of(activation);
      if (activation == kActivation<Sigmoid>) {
        EXPECT_EQ(at[0], x < 0 ? 0.0F : 1.0F);
      }
      if (has_derivative_at_input(activation)) at = {x};
      std::vector<float> delta = {1.0F};
      std::vector<float> sum(1);
      multiply_by_derivative(activation, {}, ConstMatrix(at, 1, 1), Matrix(delta, 1, 1), sum);
      EXPECT_TRUE(std::isfinite(delta[0])) << Activations::name_of(activation);
      EXPECT_LE(std::abs(delta[0]), 1.1F) << Activations::name_of(activation);
    }
}

}  // namespace
}  // namespace lockstep
