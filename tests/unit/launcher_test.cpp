// What launchers say in the environment of a process.
#include "base/launcher.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

using Environment = std::vector<std::string>;

/// What srun and sbatch set, as SLURM 22.05 does; a batch script has no step.
const Environment kBatchScript = {"SLURM_JOB_ID=7", "SLURM_NTASKS=2", "SLURM_NPROCS=2", "SLURM_PROCID=0"};
const Environment kSlurmStep = {"SLURM_JOB_ID=7", "SLURM_NTASKS=2", "SLURM_STEP_ID=0", "SLURM_STEP_NUM_TASKS=2",
                                "SLURM_PROCID=1"};

Environment operator+(Environment first, const Environment& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

void expect_launch(const Environment& environment, int rank, int size, const std::string& variable) {
  const Launch launch = launch_of(environment);
  EXPECT_EQ(launch.rank, rank);
  EXPECT_EQ(launch.size, size);
  EXPECT_EQ(launch.variable, variable);
}

TEST(Launch, AloneWithoutALauncherAndInABatchScript) {
  expect_launch({}, 0, 1, "");
  expect_launch({"PATH=/bin", "PMIX_RANK=0"}, 0, 1, "");
  expect_launch(kBatchScript, 0, 1, "");
}

TEST(Launch, OneOfSeveral) {
  expect_launch(kSlurmStep, 1, 2, "SLURM_STEP_NUM_TASKS");
  expect_launch({"PMI_RANK=3", "PMI_SIZE=4"}, 3, 4, "PMI_SIZE");
  expect_launch({"OMPI_COMM_WORLD_RANK=2", "OMPI_COMM_WORLD_SIZE=5"}, 2, 5, "OMPI_COMM_WORLD_SIZE");
  expect_launch({"PMIX_RANK=2"}, 2, 3, "PMIX_RANK");
}

TEST(Launch, TheNearestLauncherCounts) {
  // mpirun of one process within a job: its daemons are tasks of a step.
  expect_launch(kSlurmStep + Environment{"OMPI_COMM_WORLD_SIZE=1", "OMPI_COMM_WORLD_RANK=0"}, 0, 1,
                "OMPI_COMM_WORLD_SIZE");
}

TEST(Launch, OthersAreRuledOutOnlyByANumberOfProcesses) {
  EXPECT_FALSE(may_have_others({}));
  EXPECT_FALSE(may_have_others(kBatchScript));
  EXPECT_FALSE(may_have_others(kSlurmStep + Environment{"OMPI_COMM_WORLD_SIZE=1", "OMPI_COMM_WORLD_RANK=0"}));
  EXPECT_TRUE(may_have_others(kSlurmStep));
  EXPECT_TRUE(may_have_others({"OMPI_COMM_WORLD_SIZE=2", "OMPI_COMM_WORLD_RANK=0"}));
  EXPECT_TRUE(may_have_others({"PMIX_RANK=0"})) << "of how many is not known";
  EXPECT_TRUE(may_have_others({"PMIX_RANK=1"}));
  const Environment step_of_one = {"SLURM_STEP_ID=0", "SLURM_STEP_NUM_TASKS=1", "SLURM_PROCID=0", "PMIX_RANK=0"};
  EXPECT_FALSE(may_have_others(step_of_one));
  EXPECT_TRUE(may_have_others(step_of_one + Environment{"SLURM_HET_SIZE=2"})) << "the number is that of a part";
}

TEST(Launch, OnOneHostWhereAllProcessesAre) {
  EXPECT_TRUE(is_on_one_host({"OMPI_COMM_WORLD_SIZE=4", "OMPI_COMM_WORLD_LOCAL_SIZE=4"}));
  EXPECT_FALSE(is_on_one_host({"OMPI_COMM_WORLD_SIZE=4", "OMPI_COMM_WORLD_LOCAL_SIZE=2"}));
  EXPECT_TRUE(is_on_one_host(kSlurmStep + Environment{"SLURM_STEP_NUM_NODES=1"}));
  EXPECT_FALSE(is_on_one_host(kSlurmStep + Environment{"SLURM_STEP_NUM_NODES=2"}));
  EXPECT_FALSE(is_on_one_host(kSlurmStep + Environment{"SLURM_STEP_NUM_NODES=1", "SLURM_HET_SIZE=2"}));
  // Of a job of one host whose mpirun started processes on others, its own words count.
  EXPECT_FALSE(is_on_one_host(kSlurmStep + Environment{"SLURM_STEP_NUM_NODES=1", "OMPI_COMM_WORLD_SIZE=4"}));
  EXPECT_FALSE(is_on_one_host({"PMIX_RANK=0"})) << "nothing is said";
}

TEST(Launch, HowAStepConnectsItsTasks) {
  EXPECT_EQ(step_start_of(kSlurmStep), StepStart::without);
  EXPECT_EQ(step_start_of(kSlurmStep + Environment{"PMIX_RANK=1"}), StepStart::pmix);
  EXPECT_EQ(step_start_of(kSlurmStep + Environment{"PMI_SIZE=2"}), StepStart::pmi2);
  EXPECT_EQ(step_start_of(kSlurmStep + Environment{"OMPI_COMM_WORLD_SIZE=2"}), StepStart::none);
  EXPECT_EQ(step_start_of(kBatchScript), StepStart::none);
  EXPECT_EQ(step_start_of({}), StepStart::none);
}

TEST(Launch, TheRemedyNamesTheRightStart) {
  EXPECT_THAT(launch_remedy(launch_of(kSlurmStep)), testing::HasSubstr("process 1 of 2"));
  EXPECT_THAT(launch_remedy(launch_of(kSlurmStep)), testing::HasSubstr("srun --mpi=pmix"));
  EXPECT_THAT(launch_remedy({0, 4, "PMI_SIZE"}), testing::HasSubstr("belongs to another MPI"));
}

TEST(LaunchLine, OneRankACore) {
  EXPECT_EQ(launch_line({{"a", 4}}, Launcher::mpirun, 8), "mpirun -n 4 --bind-to core lockstep train CONFIG.toml");
  EXPECT_EQ(launch_line({{"a", 4}, {"b", 2}}, Launcher::mpirun, 8),
            "mpirun --host a:4,b:2 -n 6 --bind-to core lockstep train CONFIG.toml");
  EXPECT_EQ(launch_line({{"a", 4}, {"b", 2}}, Launcher::srun, 8),
            "SLURM_PMIX_FENCE=ring srun --mpi=pmix --nodes=2 --ntasks=6 --cpu-bind=cores lockstep train CONFIG.toml");
  EXPECT_EQ(launch_line({{"a", 16}}, Launcher::mpirun, 8),
            "mpirun -n 16 --bind-to core lockstep train CONFIG.toml --set train.slices=16");
  EXPECT_EQ(launch_line({{"a", 4}}, Launcher::mpirun_as_root, 8),
            "mpirun --allow-run-as-root -n 4 --bind-to core lockstep train CONFIG.toml");
}

}  // namespace
}  // namespace lockstep
