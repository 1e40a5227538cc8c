// Errors: statuses and messages for people, an abort for bugs.
#include "base/error.hpp"

#include <gtest/gtest.h>

#include <csignal>

namespace lockstep {
namespace {

TEST(Error, StatusesAreThoseOfTheContract) {
  EXPECT_EQ(static_cast<int>(ExitStatus::done), 0);
  EXPECT_EQ(static_cast<int>(ExitStatus::failed), 1);
  EXPECT_EQ(static_cast<int>(ExitStatus::bad_input), 2);
}

TEST(Error, CarriesStatusAndMessage) {
  const Error input = bad_input("{}: line {}", "file", 3);
  EXPECT_EQ(input.status(), ExitStatus::bad_input);
  EXPECT_STREQ(input.what(), "file: line 3");
  const Error disk = failure("{}: full", "disk");
  EXPECT_EQ(disk.status(), ExitStatus::failed);
  EXPECT_STREQ(disk.what(), "disk: full");
}

TEST(ErrorDeathTest, ABrokenInvariantAborts) {
  invariant(true, "not printed");
  EXPECT_EXIT(invariant(false, "two and two"), testing::KilledBySignal(SIGABRT),
              "lockstep: bug at .*error_test.cpp:[0-9]+: two and two");
}

}  // namespace
}  // namespace lockstep
