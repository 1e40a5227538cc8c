// The lines of progress: their text, and that they fit.
#include "metrics/lines.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace lockstep {
namespace {

using testing::HasSubstr;

ProgressState some_state() {
  return {.epoch = 3,
          .epochs = 12,
          .step = 50,
          .steps = 100,
          .loss = 0.34123,
          .score_name = {},
          .samples_per_second = 52130.4,
          .seconds_left = 25.9};
}

/// As long as the parts of a line become.
ProgressState large_state() {
  return {.epoch = 1000,
          .epochs = 1000,
          .step = 123456,
          .steps = 123456,
          .loss = -12345678.9,
          .score_name = "accuracy",
          .score = 0.87712,
          .samples_per_second = 12345678,
          .seconds_left = 36123};
}

TEST(ShortNumber, HasNoMoreThanNineCharacters) {
  EXPECT_EQ(short_number(0.34123), "0.3412");
  EXPECT_EQ(short_number(-99.9), "-99.9000");
  EXPECT_EQ(short_number(1234.5678), "1234.57");
  EXPECT_EQ(short_number(-12345678.9), "-1.23e+07");
  for (double value = 1e-9; value < 1e99; value *= 3.7) EXPECT_LE(short_number(-value).size(), 9U) << value;
}

TEST(FullNumber, IsNeverLong) {
  EXPECT_EQ(full_number(0.34123), "0.341230");
  EXPECT_EQ(full_number(-1234567.25), "-1234567.250000");
  EXPECT_EQ(full_number(-5.834027e75), "-5.834027e+75");
  EXPECT_EQ(full_number(-std::numeric_limits<double>::infinity()), "-inf");
}

TEST(ShortDuration, HasTheUnitThatSuits) {
  EXPECT_EQ(short_duration(0.0204), "20ms");
  EXPECT_EQ(short_duration(2.14), "2.1s");
  EXPECT_EQ(short_duration(58), "58s");
  EXPECT_EQ(short_duration(1260), "21min");
  EXPECT_EQ(short_duration(90000), "25.0h");
}

TEST(ProgressLine, ShowsHowFarTheEpochHasCome) {
  EXPECT_EQ(progress_line(some_state(), 80),
            "epoch 3/12 [##########..........]  50%  loss 0.3412  52130 samples/s  0:25 left");
}

TEST(ProgressLine, ShowsTheScoreOfTheLastEpochWhereThereIsRoom) {
  ProgressState state = some_state();
  state.score_name = "accuracy";
  state.score = 0.87712;
  EXPECT_EQ(progress_line(state, 80),
            "epoch 3/12 [#####......]  50%  loss 0.3412  accuracy 0.8771  52130/s  0:25 left");
  EXPECT_EQ(progress_line(state, 70), "epoch 3/12  50%  loss 0.3412  accuracy 0.8771  52130/s  0:25 left");
  EXPECT_EQ(progress_line(state, 60), "epoch 3/12  50%  loss 0.3412  accuracy 0.8771  0:25 left");
  EXPECT_EQ(progress_line(state, 50), "epoch 3/12  50%  loss 0.3412  0:25 left");
}

TEST(ResultTable, HasALineForEachPartOfTheData) {
  EXPECT_EQ(result_table({.epoch = 12,
                          .train_loss = 0.133908,
                          .best_epoch = 11,
                          .validation_loss = 0.26378,
                          .validation_score = 0.9082,
                          .test_loss = 0.297954,
                          .test_score = 0.8968}),
            "                 loss   accuracy\n"
            "training       0.1339             epoch 12\n"
            "validation     0.2638     0.9082  epoch 11, the best\n"
            "test           0.2980     0.8968\n");
  EXPECT_EQ(result_table({.score_name = "r2",
                          .epoch = 3,
                          .train_loss = 1,
                          .validation_loss = {},
                          .validation_score = {},
                          .test_loss = 2,
                          .test_score = -0.5}),
            "                 loss         r2\n"
            "training       1.0000             epoch 3\n"
            "test           2.0000    -0.5000\n");
}

TEST(ProgressLine, FillsTheBarFromNothingToAll) {
  ProgressState state = some_state();
  state.step = 0;
  EXPECT_THAT(progress_line(state, 80), HasSubstr("[....................]   0%"));
  state.step = 99;
  EXPECT_THAT(progress_line(state, 80), HasSubstr("[###################.]  99%"));
  state.step = 100;
  EXPECT_THAT(progress_line(state, 80), HasSubstr("[####################] 100%"));
}

TEST(ProgressLine, CountsMinutesAndHours) {
  ProgressState state = some_state();
  state.seconds_left = 61.2;
  EXPECT_THAT(progress_line(state, 80), HasSubstr("  1:01 left"));
  state.seconds_left = 7325;
  EXPECT_THAT(progress_line(state, 90), HasSubstr("  2:02:05 left"));
  state.seconds_left = 1 / 0.0;
  EXPECT_THAT(progress_line(state, 90), HasSubstr(" left"));
}

TEST(ProgressLine, FitsAnyWidth) {
  for (const ProgressState& state : {some_state(), large_state()})
    for (std::size_t columns = 1; columns <= 200; ++columns)
      EXPECT_LT(progress_line(state, columns).size(), columns) << columns;
}

TEST(ProgressLine, LosesWhatSaysLeastFirst) {
  EXPECT_EQ(progress_line(some_state(), 200), progress_line(some_state(), 80));
  EXPECT_EQ(progress_line(some_state(), 65), "epoch 3/12 [##...]  50%  loss 0.3412  52130 samples/s  0:25 left");
  EXPECT_EQ(progress_line(some_state(), 60), "epoch 3/12 [####....]  50%  loss 0.3412  52130/s  0:25 left");
  EXPECT_EQ(progress_line(some_state(), 55), "epoch 3/12  50%  loss 0.3412  52130/s  0:25 left");
  EXPECT_EQ(progress_line(some_state(), 45), "epoch 3/12  50%  loss 0.3412  0:25 left");
  EXPECT_EQ(progress_line(some_state(), 30), "epoch 3/12  50%  0:25 left");
  EXPECT_EQ(progress_line(some_state(), 20), "3/12  50%  0:25");
  EXPECT_EQ(progress_line(some_state(), 12), "3/12  50%");
}

TEST(LogLine, SaysStepLossSpeedAndTimeLeft) {
  EXPECT_EQ(log_line(some_state()), "step 50/100 of epoch 3/12  loss 0.3412  52130 samples/s  0:25 left");
  EXPECT_LE(log_line(large_state()).size(), kColumns);
}

TEST(EpochLine, SaysLossesScoreAndTime) {
  const EpochState state{.epoch = 3,
                         .epochs = 12,
                         .train_loss = 0.30213,
                         .loss = 0.34118,
                         .score_name = "test_accuracy",
                         .score = 0.87714,
                         .seconds = 2.13};
  EXPECT_EQ(epoch_line(state), "epoch 3/12  train_loss 0.3021  test_loss 0.3412  test_accuracy 0.8771  2.1s");
}

TEST(EpochLine, FitsEightyColumns) {
  EpochState state{.epoch = 1000,
                   .epochs = 1000,
                   .train_loss = 0.5,
                   .loss = 0.5,
                   .score_name = "test_accuracy",
                   .score = 0.5,
                   .seconds = 2.1};
  EXPECT_EQ(epoch_line(state).size(), kColumns);
  EXPECT_THAT(epoch_line(state), HasSubstr("2.1s"));
  state.train_loss = state.loss = 12345678;
  state.score_name = "test_r2";
  state.score = -12345678;
  EXPECT_LE(epoch_line(state).size(), kColumns);
  state.loss_name = "validation_loss";
  state.score_name = "balanced_accuracy";
  EXPECT_LE(epoch_line(state).size(), kColumns);
  state = {.epoch = 12, .epochs = 12, .loss_name = "validation_loss", .score_name = "balanced_accuracy", .seconds = 2};
  EXPECT_EQ(epoch_line(state), "epoch 12/12  train_loss 0.0000  validation_loss 0.0000  balanced_accuracy 0.0000");
}

}  // namespace
}  // namespace lockstep
