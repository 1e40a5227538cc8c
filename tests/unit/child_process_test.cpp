// Other programs: their status, output and environment.
#include "base/child_process.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "base/error.hpp"

namespace lockstep {
namespace {

class ChildProcess : public testing::Test {
 protected:
  int run(const std::vector<std::string>& command, const std::vector<std::string>& environment = {"NAME=value"}) {
    return run_command(command, environment, log_);
  }

  std::string printed() const {
    std::ifstream file(log_);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  void SetUp() override { std::filesystem::remove(log_); }

  std::filesystem::path log_ = testing::TempDir() + "child_process.log";
};

TEST(CommandLine, IsThatOfThisProcess) {
  const std::vector<std::string> words = current_command_line();
  ASSERT_FALSE(words.empty());
  EXPECT_THAT(words.front(), testing::EndsWith(std::filesystem::read_symlink("/proc/self/exe").filename().string()));
}

TEST_F(ChildProcess, GivesItsStatus) {
  EXPECT_EQ(run({"true"}), 0);
  EXPECT_EQ(run({"sh", "-c", "exit 75"}), 75);
  EXPECT_EQ(run({"sh", "-c", "kill -9 $$"}), 128 + 9);
}

TEST_F(ChildProcess, AppendsWhatItPrints) {
  run({"sh", "-c", "echo out; echo \"$0 $1\" >&2", "two words", "more"});
  run({"echo", "again"});
  EXPECT_EQ(printed(), "out\ntwo words more\nagain\n");
}

TEST_F(ChildProcess, HasTheEnvironmentThatIsGiven) {
  run({"env"}, {"NAME=value", "OTHER=two words"});
  EXPECT_EQ(printed(), "NAME=value\nOTHER=two words\n");
}

TEST_F(ChildProcess, ReadsNothing) {
  EXPECT_EQ(run({"cat"}), 0);
}

TEST_F(ChildProcess, ThatDoesNotExistIsNamed) {
  EXPECT_THAT([&] { run({"no-such-program"}); },
              testing::ThrowsMessage<Error>(testing::HasSubstr("no-such-program: cannot be started: No such file")));
}

TEST(CurrentEnvironment, HasWhatWasSet) {
  setenv("LOCKSTEP_TEST_VARIABLE", "a=b", 1);
  EXPECT_THAT(current_environment(), testing::Contains("LOCKSTEP_TEST_VARIABLE=a=b"));
}

}  // namespace
}  // namespace lockstep
