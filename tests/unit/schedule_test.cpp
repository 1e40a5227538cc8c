// Learning rates of each schedule at known steps.
#include "optim/schedule.hpp"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

TEST(Schedule, ConstantStays) {
  const Schedule schedule({.name = ScheduleName::constant}, 0.3, 10, 100);
  for (const std::uint64_t step : {0U, 50U, 99U}) EXPECT_FLOAT_EQ(schedule.rate(step), 0.3F);
}

TEST(Schedule, WarmUpRisesToTheRate) {
  const Schedule schedule({.name = ScheduleName::constant, .warmup_steps = 4}, 0.4, 10, 100);
  EXPECT_FLOAT_EQ(schedule.rate(0), 0.1F);
  EXPECT_FLOAT_EQ(schedule.rate(1), 0.2F);
  EXPECT_FLOAT_EQ(schedule.rate(3), 0.4F);
  EXPECT_FLOAT_EQ(schedule.rate(4), 0.4F);
}

TEST(Schedule, StepDropsEverySoManyEpochs) {
  const Schedule schedule({.name = ScheduleName::step, .every_epochs = 3, .gamma = 0.5}, 0.8, 10, 100);
  EXPECT_FLOAT_EQ(schedule.rate(29), 0.8F);
  EXPECT_FLOAT_EQ(schedule.rate(30), 0.4F);
  EXPECT_FLOAT_EQ(schedule.rate(59), 0.4F);
  EXPECT_FLOAT_EQ(schedule.rate(60), 0.2F);
}

TEST(Schedule, CosineFallsFromTheWarmUpsEnd) {
  const Schedule schedule({.name = ScheduleName::cosine, .warmup_steps = 10, .final_fraction = 0.1}, 1.0, 10, 110);
  EXPECT_FLOAT_EQ(schedule.rate(9), 1.0F);
  EXPECT_FLOAT_EQ(schedule.rate(10), 1.0F);
  EXPECT_FLOAT_EQ(schedule.rate(60), 0.55F);  // halfway between 1 and 0.1
  EXPECT_GT(schedule.rate(109), 0.1F);
  EXPECT_LT(schedule.rate(109), 0.101F);
}

TEST(Schedule, ALongerRunChangesTheRatesOfACosineAfterItsWarmUp) {
  const auto schedule = [](ScheduleName name, std::uint64_t epochs) {
    return Schedule({.name = name, .warmup_steps = 15, .every_epochs = 1}, 0.3, 10, 10 * epochs);
  };
  for (const ScheduleName name : {ScheduleName::constant, ScheduleName::step})
    EXPECT_TRUE(same_rates(schedule(name, 5), schedule(name, 6), 50));
  const ScheduleName cosine = ScheduleName::cosine;
  EXPECT_TRUE(same_rates(schedule(cosine, 5), schedule(cosine, 6), 16));  // the first after it has the full rate
  EXPECT_FALSE(same_rates(schedule(cosine, 5), schedule(cosine, 6), 17));
  EXPECT_FALSE(same_rates(schedule(cosine, 5), schedule(ScheduleName::constant, 5), 50));
}

}  // namespace
}  // namespace lockstep
