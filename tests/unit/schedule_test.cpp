// Learning rates of each schedule at known steps.
#include "optim/schedule.hpp"

#include <gtest/gtest.h>

#include "optim/schedules.hpp"

namespace lockstep {
namespace {

TEST(Schedule, ConstantStays) {
  const Schedule schedule({.name = schedule_named("constant")}, 0.3, 10, 100);
  for (const std::uint64_t step : {0U, 50U, 99U}) EXPECT_FLOAT_EQ(schedule.rate(step), 0.3F);
}

TEST(Schedule, WarmUpRisesToTheRate) {
  const Schedule schedule({.name = schedule_named("constant"), .warmup_steps = 4}, 0.4, 10, 100);
  EXPECT_FLOAT_EQ(schedule.rate(0), 0.1F);
  EXPECT_FLOAT_EQ(schedule.rate(1), 0.2F);
  EXPECT_FLOAT_EQ(schedule.rate(3), 0.4F);
  EXPECT_FLOAT_EQ(schedule.rate(4), 0.4F);
}

TEST(Schedule, StepDropsEverySoManyEpochs) {
  const Schedule schedule({.name = schedule_named("step"), .every_epochs = 3, .gamma = 0.5}, 0.8, 10, 100);
  EXPECT_FLOAT_EQ(schedule.rate(29), 0.8F);
  EXPECT_FLOAT_EQ(schedule.rate(30), 0.4F);
  EXPECT_FLOAT_EQ(schedule.rate(59), 0.4F);
  EXPECT_FLOAT_EQ(schedule.rate(60), 0.2F);
}

TEST(Schedule, CosineFallsFromTheWarmUpsEnd) {
  const Schedule schedule({.name = schedule_named("cosine"), .warmup_steps = 10, .final_fraction = 0.1}, 1.0, 10, 110);
  EXPECT_FLOAT_EQ(schedule.rate(9), 1.0F);
  EXPECT_FLOAT_EQ(schedule.rate(10), 1.0F);
  EXPECT_FLOAT_EQ(schedule.rate(60), 0.55F);  // halfway between 1 and 0.1
  EXPECT_GT(schedule.rate(109), 0.1F);
  EXPECT_LT(schedule.rate(109), 0.101F);
}

/// A schedule over 10 epochs of 10 steps.
Schedule over_ten_epochs(ScheduleOptions options) {
  return {options, 1.0, 10, 100};
}

TEST(Schedule, ExponentialFallsEachEpoch) {
  const Schedule schedule = over_ten_epochs({.name = schedule_named("exponential"), .gamma = 0.5});
  EXPECT_FLOAT_EQ(schedule.rate(9), 1.0F);
  EXPECT_FLOAT_EQ(schedule.rate(10), 0.5F);
  EXPECT_FLOAT_EQ(schedule.rate(99), 1.0F / 512);
}

TEST(Schedule, LinearAndPolynomialFallToTheFinalFraction) {
  const Schedule linear = over_ten_epochs({.name = schedule_named("linear"), .final_fraction = 0.2});
  EXPECT_FLOAT_EQ(linear.rate(0), 1.0F);
  EXPECT_FLOAT_EQ(linear.rate(50), 0.6F);
  EXPECT_FLOAT_EQ(linear.rate(99), 0.208F);
  const Schedule cubic = over_ten_epochs({.name = schedule_named("polynomial"), .power = 3});
  EXPECT_FLOAT_EQ(cubic.rate(50), 0.125F);
  EXPECT_FLOAT_EQ(over_ten_epochs({.name = schedule_named("polynomial")}).rate(50), 0.25F);
}

TEST(Schedule, CosineBeginsAnewAfterEachPeriod) {
  const Schedule equal = over_ten_epochs({.name = schedule_named("cosine_restarts"), .every_epochs = 2});
  for (const std::uint64_t begin : {0U, 20U, 40U, 80U}) {
    EXPECT_FLOAT_EQ(equal.rate(begin), 1.0F);
    EXPECT_FLOAT_EQ(equal.rate(begin + 10), 0.5F);
  }
  const Schedule growing = over_ten_epochs(
      {.name = schedule_named("cosine_restarts"), .every_epochs = 1, .final_fraction = 0.5, .period_factor = 3});
  for (const std::uint64_t begin : {0U, 10U, 40U}) EXPECT_FLOAT_EQ(growing.rate(begin), 1.0F);
  EXPECT_FLOAT_EQ(growing.rate(25), 0.75F);  // halfway through the second
  EXPECT_LT(growing.rate(39), 0.51F);
}

TEST(Schedule, OneCycleRisesToItsPeakAndFalls) {
  const Schedule schedule = over_ten_epochs({.name = schedule_named("one_cycle"), .start_fraction = 0.1, .peak = 0.3});
  EXPECT_FLOAT_EQ(schedule.rate(0), 0.1F);
  EXPECT_FLOAT_EQ(schedule.rate(29), 1.0F);
  EXPECT_FLOAT_EQ(schedule.rate(64), 0.5F);  // halfway between steps 29 and 99
  EXPECT_NEAR(schedule.rate(99), 0.0F, 1e-7F);
  const Schedule falling = over_ten_epochs({.name = schedule_named("one_cycle"), .peak = 0});
  EXPECT_LT(falling.rate(0), 1.0F);
}

TEST(Schedule, PlateauFallsByItsDropsAlone) {
  const Schedule schedule = over_ten_epochs({.name = schedule_named("plateau"), .warmup_steps = 2, .gamma = 0.5});
  EXPECT_FLOAT_EQ(schedule.rate(0, 3), 0.5F);  // half of the warm-up
  EXPECT_FLOAT_EQ(schedule.rate(99), 1.0F);
  EXPECT_FLOAT_EQ(schedule.rate(20, 3), 0.125F);
}

TEST(Schedule, NamesAreOnceInTheList) {
  for (const ScheduleTraits& traits : kScheduleTraits)
    EXPECT_EQ(&traits_of(schedule_named(traits.name)), &traits) << traits.name;
  EXPECT_EQ(traits_of(ScheduleOptions().name).name, "constant");
}

TEST(Schedule, ALongerRunChangesTheRatesOfACosineAfterItsWarmUp) {
  const auto schedule = [](ScheduleName name, std::uint64_t epochs) {
    return Schedule({.name = name, .warmup_steps = 15, .every_epochs = 1}, 0.3, 10, 10 * epochs);
  };
  for (const ScheduleName name : {schedule_named("constant"), schedule_named("step")})
    EXPECT_TRUE(same_rates(schedule(name, 5), schedule(name, 6), 50));
  const ScheduleName cosine = schedule_named("cosine");
  EXPECT_TRUE(same_rates(schedule(cosine, 5), schedule(cosine, 6), 16));  // the first after it has the full rate
  EXPECT_FALSE(same_rates(schedule(cosine, 5), schedule(cosine, 6), 17));
  EXPECT_FALSE(same_rates(schedule(cosine, 5), schedule(schedule_named("constant"), 5), 50));
}

}  // namespace
}  // namespace lockstep
