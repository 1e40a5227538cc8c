// Metrics on numbers small enough to check by hand. tests/e2e/metrics_test.py compares them with scikit-learn.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "scores/metric.hpp"

namespace lockstep {
namespace {

using testing::ElementsAre;

/// Outputs of four samples and three classes, and their labels. Nothing is of the third class or taken for it.
constexpr float kOutputs[] = {0.7F, 0.2F, 0.1F,   //
                              0.4F, 0.4F, 0.2F,   //
                              0.1F, 0.8F, 0.1F,   //
                              0.6F, 0.3F, 0.1F};  //
constexpr std::int32_t kLabels[] = {0, 1, 1, 0};

Totals some_classes() {
  Totals totals;
  totals.weight = 4;
  totals.classes.resize(3);
  const ConstMatrix outputs(kOutputs, 4, 3);
  formulas::count_classes(outputs, kLabels, totals.classes, totals.in_top5);
  totals.log_loss = formulas::add_log_loss(outputs, kLabels, 0);
  return totals;
}

double value(Metric metric, const Totals& totals) {
  return info_of(metric).value(totals);
}

TEST(Scores, OfAClassification) {
  const Totals totals = some_classes();
  EXPECT_EQ(value(Metric::accuracy, totals), 0.75);
  EXPECT_EQ(value(Metric::balanced_accuracy, totals), 0.75) << "the third class has no sample";
  EXPECT_EQ(value(Metric::top5_accuracy, totals), 1.0) << "there are three classes";
  EXPECT_NEAR(value(Metric::log_loss, totals), -(std::log(0.7) + std::log(0.4) + std::log(0.8) + std::log(0.6)) / 4,
              1e-7);
  // F1 of the first class: 2 * 2 / (2 + 3); of the second: 2 / 3.
  EXPECT_DOUBLE_EQ(value(Metric::macro_f1, totals), (0.8 + 2.0 / 3) / 2);
  EXPECT_TRUE(std::isnan(value(Metric::roc_auc, totals))) << "nobody asked";
}

TEST(Scores, OfOneClass) {
  const Totals totals = some_classes();
  EXPECT_DOUBLE_EQ(formulas::precision(totals.classes[0]), 2.0 / 3);
  EXPECT_EQ(formulas::recall(totals.classes[0]), 1.0);
  for (auto* score : {formulas::precision, formulas::recall, formulas::f1}) EXPECT_EQ(score(totals.classes[2]), 0.0);
  EXPECT_THAT(formulas::confusion_matrix(ConstMatrix(kOutputs, 4, 3), kLabels), ElementsAre(2, 0, 0, 1, 1, 0, 0, 0, 0));
}

TEST(Scores, TheFiveMostLikelyClassesOfEqualOnesAreTheLast) {
  const std::vector<float> outputs(7, 0.5F);
  for (std::int32_t label = 0; label < 7; ++label) {
    std::vector<ClassCounts> classes(7);
    std::uint64_t in_top5 = 0;
    formulas::count_classes(ConstMatrix(outputs, 1, 7), std::span(&label, 1), classes, in_top5);
    EXPECT_EQ(in_top5, label >= 2 ? 1U : 0U) << label;
    EXPECT_EQ(classes[0].predicted, 1U) << "the prediction is the first";
  }
}

TEST(Scores, AProbabilityOfZeroIsNoInfiniteLogLoss) {
  constexpr float kZero[] = {0, 1};
  constexpr std::int32_t kLabel[] = {0};
  EXPECT_NEAR(formulas::add_log_loss(ConstMatrix(kZero, 1, 2), kLabel, 0), 52 * std::log(2.0), 1e-5);
}

TEST(Scores, AreaUnderRoc) {
  // Outputs of the second class: 0.1 and 0.4 are not of it, 0.35 and 0.8 are: 3 of 4 pairs.
  constexpr float kTwo[] = {0.9F, 0.1F, 0.6F, 0.4F, 0.65F, 0.35F, 0.2F, 0.8F};
  constexpr std::int32_t kHalf[] = {0, 0, 1, 1};
  EXPECT_EQ(formulas::area_under_roc(ConstMatrix(kTwo, 4, 2), kHalf), 0.75);
  const std::vector<float> equal(8, 0.5F);
  EXPECT_EQ(formulas::area_under_roc(ConstMatrix(equal, 4, 2), kHalf), 0.5);
  constexpr std::int32_t kOne[] = {1, 1, 1, 1};
  EXPECT_TRUE(std::isnan(formulas::area_under_roc(ConstMatrix(kTwo, 4, 2), kOne)));
  EXPECT_TRUE(std::isnan(formulas::area_under_roc(ConstMatrix(kOutputs, 4, 3), kLabels))) << "a class without samples";
  constexpr float kThree[] = {0.8F, 0.1F, 0.1F, 0.2F, 0.5F, 0.3F, 0.3F, 0.3F, 0.4F};
  constexpr std::int32_t kEach[] = {0, 1, 2};
  EXPECT_EQ(formulas::area_under_roc(ConstMatrix(kThree, 3, 3), kEach), 1.0);
}

TEST(Scores, OfARegression) {
  Totals totals;
  totals.weight = 4;
  totals.targets = {{.squares = 4, .absolutes = 2, .total_squares = 16},
                    {.squares = 36, .absolutes = 8, .total_squares = 9}};
  EXPECT_EQ(value(Metric::r2, totals), (0.75 - 3) / 2);
  EXPECT_EQ(value(Metric::rmse, totals), (1.0 + 3.0) / 2);
  EXPECT_EQ(value(Metric::mae, totals), (0.5 + 2.0) / 2);
  EXPECT_EQ(formulas::r2({.squares = 0, .absolutes = 0, .total_squares = 0}), 1.0) << "a constant, met exactly";
  EXPECT_EQ(formulas::r2({.squares = 1, .absolutes = 1, .total_squares = 0}), 0.0);
}

/// The metrics of weighted samples are those of a data set that has each sample as often as it weighs.
TEST(Scores, AWeightCountsASampleSoManyTimes) {
  constexpr double kWeights[] = {1, 0.5, 1.5, 2};  // twice: 2, 1, 3 and 4 times
  std::vector<float> repeated;
  std::vector<std::int32_t> labels;
  for (std::size_t i = 0; i < 4; ++i)
    for (int times = 0; times < static_cast<int>(2 * kWeights[i]); ++times) {
      repeated.insert(repeated.end(), &kOutputs[3 * i], &kOutputs[3 * i] + 3);
      labels.push_back(kLabels[i]);
    }
  const ConstMatrix outputs(kOutputs, 4, 3);
  const ConstMatrix all(repeated, labels.size(), 3);
  const WholeWeights whole(kWeights, 5);
  const std::vector<std::uint64_t> units = whole.of(0, 4);
  Totals weighted;
  Totals counted;
  weighted.weight = 5;
  counted.weight = 10;
  for (Totals* totals : {&weighted, &counted}) totals->classes.resize(3);
  formulas::count_classes(outputs, kLabels, weighted.classes, weighted.in_top5, units);
  formulas::count_classes(all, labels, counted.classes, counted.in_top5);
  weighted.log_loss = formulas::add_log_loss(outputs, kLabels, 0, kWeights);
  counted.log_loss = formulas::add_log_loss(all, labels, 0);
  for (const Metric metric : metrics_of(Task::classification, true, false))
    EXPECT_DOUBLE_EQ(value(metric, weighted), value(metric, counted)) << info_of(metric).name;
  EXPECT_EQ(whole.weight(weighted.classes[0].support), 3.0);
  const std::vector<std::uint64_t> confusion = formulas::confusion_matrix(outputs, kLabels, units);
  EXPECT_EQ(whole.weight(confusion[0]), 3.0);
  EXPECT_EQ(whole.weight(confusion[3]), 0.5) << "the second class, taken for the first";

  constexpr float kTwo[] = {0.9F, 0.1F, 0.6F, 0.4F, 0.65F, 0.35F, 0.2F, 0.8F};
  constexpr std::int32_t kHalf[] = {0, 0, 1, 1};
  // Of the pairs that weigh (1 + 0.5) (1.5 + 2) only that of 0.4 and 0.35 is wrong, 0.5 * 1.5.
  EXPECT_DOUBLE_EQ(formulas::area_under_roc(ConstMatrix(kTwo, 4, 2), kHalf, units), 4.5 / 5.25);
}

TEST(Scores, WholeWeightsAreExactInAnyOrder) {
  const std::vector<double> weights{0.1, 1e-14, 0.3, 1e6, 0.7};
  const WholeWeights whole(weights, 1e6 + 1.1);
  std::uint64_t sum = 0;
  for (const std::uint64_t units : whole.of(0, 5)) sum += units;
  EXPECT_LT(sum, std::uint64_t{1} << 62U);
  EXPECT_NEAR(whole.weight(sum), 1e6 + 1.1, 1e-9);
  EXPECT_NEAR(whole.weight(whole.of(2, 3)[0]), 0.3, 1e-12);
  EXPECT_EQ(whole.of(1, 2)[0], 0U) << "a smaller part of the sum than float64 tells";
  EXPECT_EQ(WholeWeights({}, 7).weight(3), 3.0);
  EXPECT_TRUE(WholeWeights({}, 7).of(0, 7).empty());
}

TEST(Metrics, AreOfATaskAndNeedWhatTheySay) {
  EXPECT_THAT(metrics_of(Task::regression, false, false),
              ElementsAre(Metric::loss, Metric::r2, Metric::rmse, Metric::mae));
  EXPECT_THAT(
      metrics_of(Task::classification, false, false),
      ElementsAre(Metric::loss, Metric::accuracy, Metric::balanced_accuracy, Metric::top5_accuracy, Metric::macro_f1));
  EXPECT_EQ(metrics_of(Task::classification, true, true).size(), 7U);
  for (const MetricInfo& info : kMetrics) EXPECT_EQ(info_of(info.metric).name, info.name);
}

}  // namespace
}  // namespace lockstep
