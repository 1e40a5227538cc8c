// Losses against their formulas, gradients against finite differences, and both at the limits of float.
#include "nn/loss.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <set>
#include <string_view>
#include <type_traits>
#include <vector>

#include "nn/losses/list.hpp"

namespace lockstep {
namespace {

const std::vector<float> kOutputs = {0.1F, -1.5F, 2.0F, 0.7F, 0.7F, -0.2F};  // (2, 3)
constexpr std::array<std::int32_t, 2> kLabels = {2, 0};

const std::vector<LossOptions> kOptions = {{}, {.label_smoothing = 0.2, .huber_delta = 0.4, .quantile = 0.9}};

// The loss of a row, an overload for each entry of the list: of all outputs and a label, or of one output and a target.

double formula(std::type_identity<CrossEntropy>, const LossOptions& options, const std::vector<double>& z,
               std::size_t label) {
  double sum = 0;
  for (const double logit : z) sum += std::exp(logit);
  double loss = 0;
  for (std::size_t c = 0; c < z.size(); ++c) {
    const double target =
        (c == label ? 1 - options.label_smoothing : 0) + options.label_smoothing / static_cast<double>(z.size());
    loss -= target * (z[c] - std::log(sum));
  }
  return loss;
}

double formula(std::type_identity<BinaryCrossEntropy>, const LossOptions&, double y, double target) {
  const double p = 1 / (1 + std::exp(-y));
  return -target * std::log(p) - (1 - target) * std::log1p(-p);
}

double formula(std::type_identity<Mse>, const LossOptions&, double y, double target) {
  return (y - target) * (y - target);
}

double formula(std::type_identity<Mae>, const LossOptions&, double y, double target) {
  return std::abs(y - target);
}

double formula(std::type_identity<Huber>, const LossOptions& options, double y, double target) {
  const double size = std::abs(y - target);
  const double delta = options.huber_delta;
  return size < delta ? size * size / 2 : delta * (size - delta / 2);
}

double formula(std::type_identity<Quantile>, const LossOptions& options, double y, double target) {
  return std::max(options.quantile * (target - y), (options.quantile - 1) * (target - y));
}

double formula(std::type_identity<Poisson>, const LossOptions&, double y, double target) {
  return std::exp(y) - target * y;
}

// What is predicted: an overload for each entry where that is not the output.

template <class Entry>
double prediction(std::type_identity<Entry>, const std::vector<double>& outputs, std::size_t at) {
  return outputs[at];
}

double prediction(std::type_identity<CrossEntropy>, const std::vector<double>& outputs, std::size_t at) {
  double sum = 0;
  for (const double output : outputs) sum += std::exp(output);
  return std::exp(outputs[at]) / sum;
}

double prediction(std::type_identity<BinaryCrossEntropy>, const std::vector<double>& outputs, std::size_t at) {
  return 1 / (1 + std::exp(-outputs[at]));
}

double prediction(std::type_identity<Poisson>, const std::vector<double>& outputs, std::size_t at) {
  return std::exp(outputs[at]);
}

/// The sum of the losses of two rows of three outputs.
double loss_formula(const LossOptions& options, const std::vector<double>& outputs, const std::vector<float>& targets) {
  return Losses::visit(options.name, [&](auto entry) {
    double sum = 0;
    for (std::size_t r = 0; r < 2; ++r) {
      const std::vector<double> row(outputs.begin() + 3 * static_cast<std::ptrdiff_t>(r),
                                    outputs.begin() + 3 * static_cast<std::ptrdiff_t>(r + 1));
      if constexpr (std::is_same_v<typename decltype(entry)::type, CrossEntropy>)
        sum += formula(entry, options, row, static_cast<std::size_t>(kLabels[r]));
      else
        for (std::size_t c = 0; c < 3; ++c)
          sum += formula(entry, options, row[c], static_cast<double>(targets[3 * r + c])) / 3;
    }
    return sum;
  });
}

/// Central differences of `loss` at each of `at`.
std::vector<double> numeric_gradient(const std::function<double(const std::vector<double>&)>& loss,
                                     const std::vector<float>& at) {
  constexpr double kDifference = 1e-5;
  std::vector<double> gradient;
  for (std::size_t i = 0; i < at.size(); ++i) {
    std::vector<double> x(at.begin(), at.end());
    x[i] += kDifference;
    const double above = loss(x);
    x[i] -= 2 * kDifference;
    gradient.push_back((above - loss(x)) / (2 * kDifference));
  }
  return gradient;
}

/// Each loss with options of each kind.
std::vector<LossOptions> all_losses() {
  std::vector<LossOptions> all;
  for (const auto& [name, loss] : Losses::kNames)
    for (LossOptions options : kOptions) {
      options.name = loss;
      all.push_back(options);
    }
  return all;
}

/// Targets that a loss takes.
std::vector<std::vector<float>> targets_of(LossName loss) {
  std::vector<std::vector<float>> all = {{0, 1, 1, 1, 0, 0}, {0.25F, 0.5F, 1, 0, 0.75F, 0.125F}};
  if (target_range(loss).most > 1) all.push_back({0, 3, 12, 1, 0.5F, 250});
  if (target_range(loss).least < 0) all.push_back({0.0F, -1.0F, 2.5F, 1.0F, 0.6F, -3.0F});
  return all;
}

TEST(Losses, FollowTheirFormulasAndFiniteDifferences) {
  for (const LossOptions& loss : all_losses())
    for (const std::vector<float>& targets : targets_of(loss.name)) {
      const std::string_view name = Losses::name_of(loss.name);
      const auto exact = [&](const std::vector<double>& outputs) { return loss_formula(loss, outputs, targets); };
      std::vector<float> gradient(6);
      const double sum =
          add_losses(loss, ConstMatrix(kOutputs, 2, 3), kLabels, ConstMatrix(targets, 2, 3), Matrix(gradient, 2, 3));
      const double expected = exact({kOutputs.begin(), kOutputs.end()});
      EXPECT_NEAR(sum, expected, 4e-7 * std::max(1.0, std::abs(expected))) << name;
      const std::vector<double> differences = numeric_gradient(exact, kOutputs);
      for (std::size_t i = 0; i < 6; ++i)
        EXPECT_NEAR(static_cast<double>(gradient[i]), differences[i], 1e-6 * std::max(1.0, std::abs(differences[i])))
            << name << ' ' << i;
    }
}

TEST(Losses, GoOnFromTheSumOfThePartBefore) {
  const ConstMatrix outputs(kOutputs, 2, 3);
  for (const LossOptions& loss : all_losses()) {
    const std::vector<float> targets = targets_of(loss.name).back();
    const ConstMatrix target(targets, 2, 3);
    std::vector<float> whole(6);
    std::vector<float> parts(6);
    const Matrix gradient(parts, 2, 3);
    double sum = 0;
    for (const Range& row : {Range{0, 1}, Range{1, 2}})
      sum = add_losses(loss, outputs.rows(row), std::span(kLabels).subspan(row.begin, 1), target.rows(row),
                       gradient.rows(row), sum);
    EXPECT_EQ(sum, add_losses(loss, outputs, kLabels, target, Matrix(whole, 2, 3)));
    EXPECT_EQ(parts, whole);
  }
}

TEST(Losses, AreMultipliedByWeights) {
  constexpr double kWeights[] = {0.5, 3};
  const ConstMatrix outputs(kOutputs, 2, 3);
  for (const LossOptions& loss : all_losses()) {
    const std::vector<float> targets = targets_of(loss.name).back();
    const ConstMatrix target(targets, 2, 3);
    std::vector<float> plain(6);
    std::vector<float> weighted(6);
    double sum = 0;
    for (std::size_t r = 0; r < 2; ++r)
      sum += kWeights[r] * add_losses(loss, outputs.rows({r, r + 1}), std::span(kLabels).subspan(r, 1),
                                      target.rows({r, r + 1}), Matrix(plain, 2, 3).rows({r, r + 1}));
    EXPECT_EQ(add_losses(loss, outputs, kLabels, target, Matrix(weighted, 2, 3), 0, kWeights), sum);
    for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(weighted[i], plain[i] * (i < 3 ? 0.5F : 3.0F));
  }
}

TEST(Losses, OfManyRowsAreThoseOfEach) {
  constexpr std::size_t kManyRows = 700;
  for (const std::size_t cols : {1U, 3U, 17U})
    for (const LossOptions& loss : all_losses()) {
      std::vector<float> outputs(kManyRows * cols);
      std::vector<float> targets(kManyRows * cols);
      const std::vector<std::int32_t> labels(kManyRows);
      for (std::size_t i = 0; i < outputs.size(); ++i) {
        outputs[i] = 0.01F * static_cast<float>(i % 613) - 3.0F;
        targets[i] = i % 3 == 0 ? 1.0F : 0.0F;
      }
      std::vector<float> whole(outputs.size());
      std::vector<float> alone(outputs.size());
      const ConstMatrix from(outputs, kManyRows, cols);
      const ConstMatrix to(targets, kManyRows, cols);
      double sum = 0;
      for (std::size_t r = 0; r < kManyRows; ++r)
        sum = add_losses(loss, from.rows({r, r + 1}), std::span(labels).first(1), to.rows({r, r + 1}),
                         Matrix(alone, kManyRows, cols).rows({r, r + 1}), sum);
      EXPECT_EQ(add_losses(loss, from, labels, to, Matrix(whole, kManyRows, cols)), sum) << Losses::name_of(loss.name);
      EXPECT_EQ(whole, alone) << Losses::name_of(loss.name);
    }
}

TEST(Losses, SayWhatTheyTakeAndPredict) {
  std::set<std::string_view> names;
  for (const auto& [name, loss] : Losses::kNames) {
    EXPECT_TRUE(names.insert(name).second) << name;
    std::vector<float> values = kOutputs;
    to_predictions(loss, Matrix(values, 2, 3));
    EXPECT_EQ(values != kOutputs, changes_outputs(loss)) << name;
    Losses::visit(loss, [&](auto entry) {
      for (std::size_t r = 0; r < 2; ++r) {
        const std::vector<double> row(kOutputs.begin() + 3 * static_cast<std::ptrdiff_t>(r),
                                      kOutputs.begin() + 3 * static_cast<std::ptrdiff_t>(r + 1));
        for (std::size_t c = 0; c < 3; ++c)
          EXPECT_NEAR(static_cast<double>(values[3 * r + c]), prediction(entry, row, c), 1e-6) << name;
      }
    });
  }
  EXPECT_TRUE(takes_labels(kLoss<CrossEntropy>));
  EXPECT_FALSE(takes_labels(kLoss<BinaryCrossEntropy>));
  EXPECT_FALSE(scales_targets(kLoss<BinaryCrossEntropy>));
  EXPECT_FALSE(scales_targets(kLoss<Poisson>));
  EXPECT_TRUE(scales_targets(kLoss<Huber>));
  EXPECT_EQ(LossOptions().name, kLoss<CrossEntropy>);
}

TEST(CrossEntropy, IsStableForAnyFiniteLogits) {
  constexpr float kMost = std::numeric_limits<float>::max() / 4;
  const std::vector<float> logits = {kMost, -kMost, 1000.0F, 0.0F};
  const std::array<std::int32_t, 2> labels = {0, 1};
  std::vector<float> gradient(4);
  EXPECT_NEAR(add_losses({}, ConstMatrix(logits, 2, 2), labels, {}, Matrix(gradient, 2, 2)), 1000.0, 1e-3);
  EXPECT_EQ(gradient, (std::vector<float>{0, 0, 1, -1}));

  const std::array<std::int32_t, 2> wrong = {1, 0};
  const double loss = add_losses({}, ConstMatrix(logits, 2, 2), wrong, {}, Matrix(gradient, 2, 2));
  EXPECT_TRUE(std::isfinite(loss));
  EXPECT_GT(loss, static_cast<double>(kMost));
  EXPECT_EQ(gradient, (std::vector<float>{1, -1, 0, 0}));
}

TEST(BinaryCrossEntropy, IsStableForAnyFiniteLogits) {
  constexpr float kMost = std::numeric_limits<float>::max() / 4;
  const LossOptions loss{.name = kLoss<BinaryCrossEntropy>};
  for (const float target : {0.0F, 1.0F}) {
    std::vector<float> gradient(1);
    const auto of = [&](float logit) {
      return add_losses(loss, ConstMatrix({&logit, 1}, 1, 1), {}, ConstMatrix({&target, 1}, 1, 1),
                        Matrix(gradient, 1, 1));
    };
    EXPECT_EQ(of(target > 0 ? kMost : -kMost), 0.0);
    EXPECT_EQ(gradient[0], 0.0F);
    EXPECT_EQ(of(target > 0 ? -kMost : kMost), static_cast<double>(kMost));
    EXPECT_EQ(gradient[0], 1.0F - 2.0F * target);
    const double small = of(target > 0 ? 30.0F : -30.0F);
    EXPECT_NEAR(small, std::exp(-30.0), 1e-6 * std::exp(-30.0));
  }
}

TEST(Losses, AtTheirKinkHaveTheDerivativeZero) {
  const float value = 0.5F;
  for (const LossName name : {kLoss<Mae>, kLoss<Quantile>}) {
    std::vector<float> gradient = {7};
    EXPECT_EQ(add_losses({.name = name}, ConstMatrix({&value, 1}, 1, 1), {}, ConstMatrix({&value, 1}, 1, 1),
                         Matrix(gradient, 1, 1)),
              0.0);
    EXPECT_EQ(gradient[0], 0.0F);
  }
}

TEST(CountCorrect, TheFirstOfEqualOutputsCounts) {
  EXPECT_EQ(count_correct(ConstMatrix(kOutputs, 2, 3), std::array{2, 0}), 2U);
  EXPECT_EQ(count_correct(ConstMatrix(kOutputs, 2, 3), std::array{2, 1}), 1U);
  EXPECT_EQ(count_correct(ConstMatrix(kOutputs, 2, 3), std::array{0, 2}), 0U);
}

}  // namespace
}  // namespace lockstep
