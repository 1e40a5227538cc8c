// The progress bar on terminals of any width, and what a log has in its place.
#include "metrics/progress_bar.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <thread>

namespace lockstep {
namespace {

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

/// What is printed where standard output is no terminal.
std::string in_a_log(ProgressBar& bar) {
  testing::internal::CaptureStdout();
  if (bar.due()) bar.draw(some_state());
  std::fflush(stdout);
  return testing::internal::GetCapturedStdout();
}

TEST(ProgressBar, IsSilentInALogForAMinute) {
  testing::internal::CaptureStdout();
  ProgressBar bar;
  testing::internal::GetCapturedStdout();
  EXPECT_EQ(in_a_log(bar), "");
}

TEST(ProgressBar, WritesPlainLinesInALogThatOthersPutOff) {
  constexpr std::chrono::milliseconds kInterval(30);
  testing::internal::CaptureStdout();
  ProgressBar bar(kInterval);
  testing::internal::GetCapturedStdout();
  std::this_thread::sleep_for(2 * kInterval);
  EXPECT_EQ(in_a_log(bar), log_line(some_state()) + "\n");
  std::this_thread::sleep_for(2 * kInterval);
  EXPECT_TRUE(bar.due());
  bar.wipe();
  EXPECT_FALSE(bar.due());
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

  winsize size{};
  size.ws_col = 60;
  ioctl(terminal, TIOCSWINSZ, &size);
  ProgressBar bar;
  const bool due_at_first = bar.due();
  bar.draw(some_state());
  const bool due_again = bar.due();
  size.ws_col = 25;
  ioctl(terminal, TIOCSWINSZ, &size);
  bar.draw(some_state());
  bar.wipe();

  dup2(output, STDOUT_FILENO);
  EXPECT_TRUE(due_at_first);
  EXPECT_FALSE(due_again);
  const std::string expected =
      "\r\x1b[K" + progress_line(some_state(), 60) + "\r\x1b[K" + progress_line(some_state(), 25) + "\r\x1b[K";
  std::string text(expected.size(), '\0');
  for (std::size_t had = 0; had < text.size();) {  // a terminal passes on what is printed piece by piece
    const ssize_t count = read(terminal, &text[had], text.size() - had);
    ASSERT_GT(count, 0);
    had += static_cast<std::size_t>(count);
  }
  EXPECT_EQ(text, expected);
  for (const int descriptor : {terminal, other_end, output}) close(descriptor);
}

}  // namespace
}  // namespace lockstep
