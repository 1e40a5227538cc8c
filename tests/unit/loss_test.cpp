// Losses against their formulas, gradients against finite differences, softmax at the limits of float.
#include "nn/loss.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>

namespace lockstep {
namespace {

const std::vector<float> kOutputs = {0.1F, -1.5F, 2.0F, 0.7F, 0.7F, -0.2F};  // (2, 3)

/// Central differences of `loss` at each of `at`.
std::vector<double> numeric_gradient(const std::function<double(const std::vector<double>&)>& loss,
                                     const std::vector<float>& at) {
  constexpr double kStep = 1e-5;
  std::vector<double> gradient;
  for (std::size_t i = 0; i < at.size(); ++i) {
    std::vector<double> x(at.begin(), at.end());
    x[i] += kStep;
    const double above = loss(x);
    x[i] -= 2 * kStep;
    gradient.push_back((above - loss(x)) / (2 * kStep));
  }
  return gradient;
}

void expect_near(const std::vector<float>& values, const std::vector<double>& expected) {
  ASSERT_EQ(values.size(), expected.size());
  for (std::size_t i = 0; i < values.size(); ++i) EXPECT_NEAR(static_cast<double>(values[i]), expected[i], 2e-6) << i;
}

TEST(CrossEntropy, IsTheSumOfNegativeLogProbabilities) {
  const std::array labels = {2, 0};
  const auto formula = [&](const std::vector<double>& z) {
    double sum = 0;
    for (std::size_t r = 0; r < 2; ++r)
      sum += std::log(std::exp(z[3 * r]) + std::exp(z[3 * r + 1]) + std::exp(z[3 * r + 2])) -
             z[3 * r + static_cast<std::size_t>(labels[r])];
    return sum;
  };
  std::vector<float> gradient(6);
  const double loss = softmax_cross_entropy(ConstMatrix(kOutputs, 2, 3), labels, Matrix(gradient, 2, 3));
  EXPECT_NEAR(loss, formula({kOutputs.begin(), kOutputs.end()}), 1e-6);
  expect_near(gradient, numeric_gradient(formula, kOutputs));
}

TEST(Losses, GoOnFromTheSumOfThePartBefore) {
  const ConstMatrix outputs(kOutputs, 2, 3);
  const std::array labels = {2, 0};
  const std::vector<float> targets = {0.0F, -1.0F, 2.5F, 1.0F, 0.7F, 3.0F};
  const ConstMatrix target(targets, 2, 3);
  std::vector<float> whole(6);
  std::vector<float> parts(6);
  const Matrix gradient(parts, 2, 3);
  double entropy = 0;
  double squares = 0;
  for (const Range& row : {Range{0, 1}, Range{1, 2}})
    entropy =
        softmax_cross_entropy(outputs.rows(row), std::span(labels).subspan(row.begin, 1), gradient.rows(row), entropy);
  EXPECT_EQ(entropy, softmax_cross_entropy(outputs, labels, Matrix(whole, 2, 3)));
  EXPECT_EQ(parts, whole);
  for (const Range& row : {Range{0, 1}, Range{1, 2}})
    squares = mean_squared_error(outputs.rows(row), target.rows(row), gradient.rows(row), squares);
  EXPECT_EQ(squares, mean_squared_error(outputs, target, Matrix(whole, 2, 3)));
  EXPECT_EQ(parts, whole);
}

TEST(CrossEntropy, IsStableForAnyFiniteLogits) {
  constexpr float kMost = std::numeric_limits<float>::max() / 4;
  const std::vector<float> logits = {kMost, -kMost, 1000.0F, 0.0F};
  const std::array labels = {0, 1};
  std::vector<float> gradient(4);
  EXPECT_NEAR(softmax_cross_entropy(ConstMatrix(logits, 2, 2), labels, Matrix(gradient, 2, 2)), 1000.0, 1e-3);
  EXPECT_EQ(gradient, (std::vector<float>{0, 0, 1, -1}));

  const std::array wrong = {1, 0};
  const double loss = softmax_cross_entropy(ConstMatrix(logits, 2, 2), wrong, Matrix(gradient, 2, 2));
  EXPECT_TRUE(std::isfinite(loss));
  EXPECT_GT(loss, static_cast<double>(kMost));
  EXPECT_EQ(gradient, (std::vector<float>{1, -1, 0, 0}));
}

TEST(Softmax, RowsAreProbabilities) {
  std::vector<float> values = kOutputs;
  softmax(Matrix(values, 2, 3));
  for (std::size_t r = 0; r < 2; ++r) {
    const double total = std::exp(static_cast<double>(kOutputs[3 * r])) +
                         std::exp(static_cast<double>(kOutputs[3 * r + 1])) +
                         std::exp(static_cast<double>(kOutputs[3 * r + 2]));
    for (std::size_t c = 0; c < 3; ++c)
      EXPECT_NEAR(static_cast<double>(values[3 * r + c]), std::exp(static_cast<double>(kOutputs[3 * r + c])) / total,
                  1e-6);
  }
}

TEST(MeanSquaredError, IsTheSumOverSamplesOfTheMeanOverOutputs) {
  const std::vector<float> targets = {0.0F, -1.0F, 2.5F, 1.0F, 0.7F, 3.0F};
  const auto formula = [&](const std::vector<double>& y) {
    double sum = 0;
    for (std::size_t i = 0; i < y.size(); ++i) sum += std::pow(y[i] - static_cast<double>(targets[i]), 2) / 3;
    return sum;
  };
  std::vector<float> gradient(6);
  const double loss =
      mean_squared_error(ConstMatrix(kOutputs, 2, 3), ConstMatrix(targets, 2, 3), Matrix(gradient, 2, 3));
  EXPECT_NEAR(loss, formula({kOutputs.begin(), kOutputs.end()}), 1e-6);
  expect_near(gradient, numeric_gradient(formula, kOutputs));
}

TEST(CountCorrect, TheFirstOfEqualOutputsCounts) {
  EXPECT_EQ(count_correct(ConstMatrix(kOutputs, 2, 3), std::array{2, 0}), 2U);
  EXPECT_EQ(count_correct(ConstMatrix(kOutputs, 2, 3), std::array{2, 1}), 1U);
  EXPECT_EQ(count_correct(ConstMatrix(kOutputs, 2, 3), std::array{0, 2}), 0U);
}

}  // namespace
}  // namespace lockstep
