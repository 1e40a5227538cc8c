// The progress line: its text, and that only a terminal sees it.
#include "metrics/progress_bar.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace lockstep {
namespace {

ProgressState some_state() {
  return {.epoch = 3,
          .epochs = 12,
          .step = 50,
          .steps = 100,
          .loss = 0.34123,
          .samples_per_second = 52130.4,
          .seconds_left = 25.9};
}

TEST(ProgressLine, ShowsHowFarTheEpochHasCome) {
  EXPECT_EQ(progress_line(some_state()),
            "epoch 3/12 [##########..........]  50%  loss 0.3412  52130 samples/s  0:25 left");
}

TEST(ProgressLine, FillsTheBarFromNothingToAll) {
  ProgressState state = some_state();
  state.step = 0;
  EXPECT_NE(progress_line(state).find("[....................]   0%"), std::string::npos);
  state.step = 99;
  EXPECT_NE(progress_line(state).find("[###################.]  99%"), std::string::npos);
  state.step = 100;
  EXPECT_NE(progress_line(state).find("[####################] 100%"), std::string::npos);
}

TEST(ProgressLine, CountsMinutes) {
  ProgressState state = some_state();
  state.seconds_left = 61.2;
  EXPECT_NE(progress_line(state).find("  1:01 left"), std::string::npos);
  state.seconds_left = 7200;
  EXPECT_NE(progress_line(state).find("  120:00 left"), std::string::npos);
}

TEST(ProgressBar, IsSilentWhereOutputIsNoTerminal) {
  testing::internal::CaptureStdout();
  ProgressBar bar;
  EXPECT_FALSE(bar.due());
  bar.draw(some_state());
  bar.wipe();
  std::fflush(stdout);
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
}

TEST(ProgressBar, DrawsOnATerminalAndThenWaits) {
  unsetenv("OMPI_COMM_WORLD_RANK");
  const int terminal = posix_openpt(O_RDWR | O_NOCTTY);
  ASSERT_GE(terminal, 0);
  ASSERT_EQ(grantpt(terminal), 0);
  ASSERT_EQ(unlockpt(terminal), 0);
  const int other_end = open(ptsname(terminal), O_RDWR | O_NOCTTY);
  std::fflush(stdout);
  const int output = dup(STDOUT_FILENO);
  dup2(other_end, STDOUT_FILENO);

  ProgressBar bar;
  const bool due_at_first = bar.due();
  bar.draw(some_state());
  const bool due_again = bar.due();
  bar.wipe();

  dup2(output, STDOUT_FILENO);
  std::string text(1000, '\0');
  text.resize(static_cast<std::size_t>(read(terminal, text.data(), text.size())));
  EXPECT_TRUE(due_at_first);
  EXPECT_FALSE(due_again);
  EXPECT_EQ(text, "\r\x1b[K" + progress_line(some_state()) + "\r\x1b[K");
  for (const int descriptor : {terminal, other_end, output}) close(descriptor);
}

}  // namespace
}  // namespace lockstep
