// Which epoch is the best, and when a run ends early.
#include "train/selection.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "optim/schedules.hpp"

namespace lockstep {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr std::uint64_t kSteps = 10;  // of an epoch

Config config_with(Metric monitor, std::uint64_t patience = 0, double min_gain = 0) {
  Config config;
  config.data.validation_fraction = 0.1;
  config.train.monitor = monitor;
  config.train.patience = patience;
  config.train.min_gain = min_gain;
  config.train.epochs = 100;
  return config;
}

/// A run of epochs with these values and losses, until the selection stops it. Their best epoch, and the last one.
struct Outcome {
  std::uint64_t best = 0;
  std::uint64_t last = 0;
  bool operator==(const Outcome&) const = default;
};
Outcome run(const Config& config, const std::vector<std::pair<double, double>>& epochs) {
  const ModelSelection selection(config);
  Progress progress;
  for (const auto& [value, loss] : epochs) {
    ++progress.epoch;
    progress.step += kSteps;
    const bool best = selection.update(progress, value, loss);
    EXPECT_EQ(best, progress.best_step == progress.step);
    if (selection.finished(progress)) break;
  }
  return {progress.best_step / kSteps, progress.epoch};
}

TEST(ModelSelection, HigherOrLowerIsBetter) {
  EXPECT_EQ(run(config_with(Metric::accuracy), {{0.5, 9}, {0.7, 9}, {0.6, 1}}), (Outcome{2, 3}));
  EXPECT_EQ(run(config_with(Metric::loss), {{0.5, 0.5}, {0.7, 0.7}, {0.4, 0.4}}), (Outcome{3, 3}));
}

TEST(ModelSelection, TiesGoToTheLowerLossAndThenToTheFirst) {
  EXPECT_EQ(run(config_with(Metric::accuracy), {{0.5, 0.3}, {0.5, 0.2}, {0.5, 0.2}, {0.5, 0.4}}), (Outcome{2, 4}));
}

TEST(ModelSelection, WhatIsNotANumberIsNeverBest) {
  EXPECT_EQ(run(config_with(Metric::accuracy), {{kNan, 1}, {0.1, kNan}, {-3, 9}, {kNan, 0}}), (Outcome{3, 4}));
  EXPECT_EQ(run(config_with(Metric::accuracy, 2), {{kNan, 1}, {kNan, 1}, {0.5, 1}}), (Outcome{0, 2}));
}

TEST(ModelSelection, StopsWhenPatienceHasBroughtNoGain) {
  const std::vector<std::pair<double, double>> losses = {{5, 5}, {4, 4}, {4.5, 4.5}, {4, 4}, {3, 3}, {2, 2}};
  EXPECT_EQ(run(config_with(Metric::loss, 1), losses), (Outcome{2, 3}));
  EXPECT_EQ(run(config_with(Metric::loss, 2), losses), (Outcome{2, 4}));
  EXPECT_EQ(run(config_with(Metric::loss, 3), losses), (Outcome{6, 6}));
  EXPECT_EQ(run(config_with(Metric::loss, 0), losses), (Outcome{6, 6}));
}

TEST(ModelSelection, SmallGainsAddUpAndAreTheBestAllTheSame) {
  const std::vector<std::pair<double, double>> slow = {{0.5, 1}, {0.51, 1}, {0.52, 1}, {0.53, 1}, {0.54, 1}};
  EXPECT_EQ(run(config_with(Metric::accuracy, 2, 0.1), slow), (Outcome{3, 3}));
  EXPECT_EQ(run(config_with(Metric::accuracy, 2, 0.015), slow), (Outcome{5, 5}));
}

TEST(ModelSelection, WithoutValidationNothingIsChosen) {
  Config config = config_with(Metric::loss, 1);
  config.data.validation_fraction = 0;
  EXPECT_FALSE(ModelSelection(config).validates());
  EXPECT_EQ(run(config, {{1, 1}, {2, 2}, {3, 3}}), (Outcome{0, 3}));
}

TEST(ModelSelection, AStateWithinAnEpochIsNotFinished) {
  const ModelSelection selection(config_with(Metric::loss, 2));
  Progress progress;
  progress.epoch = 4;
  progress.gain_epoch = 2;
  EXPECT_TRUE(selection.finished(progress));
  progress.epoch_samples = 5;
  EXPECT_FALSE(selection.finished(progress));
  progress.epoch = 100;
  EXPECT_TRUE(selection.finished(progress));
}

TEST(ModelSelection, LowersTheRateAfterEpochsWithoutAGain) {
  Config config = config_with(Metric::loss);
  config.schedule = {.name = schedule_named("plateau"), .every_epochs = 2};
  const auto drops_after = [](const Config& chosen, const std::vector<double>& losses) {
    const ModelSelection selection(chosen);
    Progress progress;
    std::vector<std::uint64_t> drops;
    for (const double loss : losses) {
      ++progress.epoch;
      selection.update(progress, loss, loss);
      selection.lower_rate(progress);
      drops.push_back(progress.rate_drops);
    }
    return drops;
  };
  const std::vector<double> losses = {5, 6, 6, 6, 6, 4, 6, 3, 6, 6};
  EXPECT_EQ(drops_after(config, losses), (std::vector<std::uint64_t>{0, 0, 1, 1, 2, 2, 2, 2, 2, 3}));
  config.schedule.name = schedule_named("cosine");
  EXPECT_EQ(drops_after(config, losses), std::vector<std::uint64_t>(losses.size(), 0));
}

}  // namespace
}  // namespace lockstep
