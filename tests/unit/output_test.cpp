// Standard output that cannot be written, or is closed, is an error with its cause.
#include "base/output.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>

#include "data_files.hpp"

namespace lockstep {
namespace {

/// What flush_output() says, on standard error, after a line was printed to a standard output that `spoil` has changed.
template <class Spoil>
[[noreturn]] void print_and_flush(Spoil&& spoil) {
  spoil();
  keep_standard_streams();
  std::puts("a line");
  const bool failed_early = output_failed();
  std::string message = failure_of([] { flush_output(); });
  if (message.empty() || !output_failed()) _exit(1);
  // What was lost stays lost.
  if (failure_of([] { flush_output(); }).empty()) _exit(2);
  fmt::print(stderr, "{}", message);
  _exit(failed_early ? 3 : 42);
}

TEST(OutputDeathTest, AFullDevice) {
  EXPECT_EXIT(print_and_flush([] { dup2(open("/dev/full", O_WRONLY), STDOUT_FILENO); }), testing::ExitedWithCode(42),
              "standard output: cannot write: No space left on device");
}

TEST(OutputDeathTest, NoOutputAtAllDoesNotBecomeTheNextFile) {
  EXPECT_EXIT(print_and_flush([] { close(STDOUT_FILENO); }), testing::ExitedWithCode(42),
              "standard output: cannot write: Bad file descriptor");
}

TEST(OutputDeathTest, WhatIsWrittenIsNoError) {
  EXPECT_EXIT(
      {
        std::puts("a line");
        flush_output();
        _exit(output_failed() ? 1 : 42);
      },
      testing::ExitedWithCode(42), "");
}

}  // namespace
}  // namespace lockstep
