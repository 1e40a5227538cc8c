// The time that is left, and SLURM's notation of it.
#include "base/deadline.hpp"

#include <cstdlib>

#include "data_files.hpp"

namespace lockstep {
namespace {

TEST(Deadline, NoneIsNeverNear) {
  EXPECT_FALSE(Deadline().is_nearer_than(1e12));
}

TEST(Deadline, IsNearWhenLessIsLeftThanNeeded) {
  const Deadline deadline(std::chrono::seconds(1000));
  EXPECT_FALSE(deadline.is_nearer_than(900));
  EXPECT_TRUE(deadline.is_nearer_than(1001));
  EXPECT_TRUE(Deadline(std::chrono::seconds(0)).is_nearer_than(0.001));
}

TEST(SlurmSeconds, ReadsEveryNotation) {
  EXPECT_EQ(slurm_seconds("55"), 55U);
  EXPECT_EQ(slurm_seconds("3:55"), 235U);
  EXPECT_EQ(slurm_seconds("2:03:55"), 7435U);
  EXPECT_EQ(slurm_seconds("1-02:03:55"), 93835U);
}

TEST(SlurmSeconds, RefusesWhatIsNoTime) {
  for (const char* text : {"", "UNLIMITED", "INVALID", "NOT_SET", "3:", "1:-2", "-1:00"})
    EXPECT_EQ(slurm_seconds(text), std::nullopt) << text;
}

/// A folder with a program squeue in front of PATH.
class SlurmJobTest : public DataFilesTest {
 protected:
  void squeue_prints(const std::string& text) const {
    const std::string program = write("squeue", "#!/bin/sh\n[ \"$3\" = --jobs=77 ] && echo '" + text + "'\n");
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    setenv("PATH", (path("") + ":" + std::getenv("PATH")).c_str(), 1);
    setenv("SLURM_JOB_ID", "77", 1);
  }
};

TEST_F(SlurmJobTest, AsksSqueueForTheTimeLeft) {
  squeue_prints("10:00");
  const Deadline deadline = Deadline::of_slurm_job();
  EXPECT_FALSE(deadline.is_nearer_than(590));
  EXPECT_TRUE(deadline.is_nearer_than(601));
}

TEST_F(SlurmJobTest, SaysWhenSqueueTellsNoTime) {
  squeue_prints("UNLIMITED");
  EXPECT_THAT(bad_input_of([] { return Deadline::of_slurm_job(); }),
              testing::AllOf(testing::HasSubstr("77"), testing::HasSubstr("UNLIMITED")));
}

TEST_F(SlurmJobTest, SaysWhenThereIsNoJob) {
  unsetenv("SLURM_JOB_ID");
  EXPECT_THAT(bad_input_of([] { return Deadline::of_slurm_job(); }), testing::HasSubstr("SLURM_JOB_ID"));
}

}  // namespace
}  // namespace lockstep
