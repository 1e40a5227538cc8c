// Signals that ask to stop: the first is noted, an echo is ignored, a later one ends the process, but for SIGUSR1.
#include "base/stop_request.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <thread>

namespace lockstep {
namespace {

class StopRequest : public testing::TestWithParam<int> {};

// Each runs in a process of its own: a request cannot be taken back.
TEST_P(StopRequest, IsNoted) {
  EXPECT_EXIT(
      {
        listen_for_stop_signals();
        if (stop_requested()) _exit(1);
        raise(GetParam());
        raise(GetParam());  // the echo
        _exit(stop_requested() ? 42 : 2);
      },
      testing::ExitedWithCode(42), "");
}

TEST_P(StopRequest, EndsTheProcessWhenItComesAgainLaterUnlessItOnlyAsks) {
  EXPECT_EXIT(
      {
        listen_for_stop_signals();
        raise(GetParam());
        std::this_thread::sleep_for(std::chrono::milliseconds(1100));
        raise(GetParam());
        _exit(0);
      },
      testing::ExitedWithCode(GetParam() == SIGUSR1 ? 0 : 128 + GetParam()), "");
}

TEST(StopRequestDeathTest, LeavesAnIgnoredHangUpIgnoredAndOutputThatNobodyReadsToTheWriter) {
  EXPECT_EXIT(
      {
        std::signal(SIGHUP, SIG_IGN);
        listen_for_stop_signals();
        raise(SIGHUP);
        raise(SIGPIPE);
        _exit(stop_requested() ? 1 : 42);
      },
      testing::ExitedWithCode(42), "");
}

INSTANTIATE_TEST_SUITE_P(Signals, StopRequest, testing::Values(SIGTERM, SIGINT, SIGHUP, SIGUSR1));

}  // namespace
}  // namespace lockstep
