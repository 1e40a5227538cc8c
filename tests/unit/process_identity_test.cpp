// Processes are told apart, and their end is seen.
#include "base/process_identity.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <string>

namespace lockstep {
namespace {

using testing::HasSubstr;

TEST(ProcessIdentity, GoesThroughATextAndBack) {
  setenv("PBS_JOBID", "12.server", 1);
  const ProcessIdentity self = ProcessIdentity::of_this_process();
  unsetenv("PBS_JOBID");
  EXPECT_EQ(self.job, "PBS job 12.server");
  EXPECT_THAT(self.text(), HasSubstr("process " + std::to_string(getpid()) + " on "));
  EXPECT_THAT(self.text(), HasSubstr("(PBS job 12.server)"));
  EXPECT_EQ(ProcessIdentity(self.fields()).fields(), self.fields());
  EXPECT_EQ(ProcessIdentity({}).text(), "an unknown process");
}

TEST(ProcessIdentity, OfAnotherBootOrContainerIsNotSeen) {
  const ProcessIdentity self = ProcessIdentity::of_this_process();
  EXPECT_EQ(life_of(self), Life::alive);
  for (const char* field : {"boot", "space", "process"}) {
    auto fields = self.fields();
    fields[field] = "another";
    EXPECT_EQ(life_of(ProcessIdentity(fields)), Life::unknown) << field;
  }
  auto fields = self.fields();
  fields["started"] = std::to_string(12);
  EXPECT_EQ(life_of(ProcessIdentity(fields)), Life::dead);
}

/// When a process began, by the clock of the boot: the 22nd word about it, the second of which is in brackets.
std::string start_of(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/stat");
  std::string word;
  std::getline(file, word, ')');
  for (int i = 3; i <= 22; ++i) file >> word;
  return word;
}

TEST(ProcessIdentity, OfAChildIsSeenToEnd) {
  const pid_t child = fork();
  if (child == 0) {
    pause();
    _exit(0);
  }
  auto fields = ProcessIdentity::of_this_process().fields();
  fields["process"] = std::to_string(child);
  fields["started"] = "12";
  EXPECT_EQ(life_of(ProcessIdentity(fields)), Life::dead) << "another process had this number";
  fields["started"] = start_of(child);
  EXPECT_EQ(life_of(ProcessIdentity(fields)), Life::alive);
  kill(child, SIGKILL);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(life_of(ProcessIdentity(fields)), Life::dead);
}

}  // namespace
}  // namespace lockstep
