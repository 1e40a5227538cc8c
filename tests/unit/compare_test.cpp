// What a resume compares: values, rates, slices and programs, and nothing else.
#include "config/compare.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/read.hpp"
#include "config/schema.hpp"
#include "config/write.hpp"

namespace lockstep {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kText = R"(
run.name = "a"
data = { format = "csv", train = "t.csv", test = "e.csv", target = "y" }
model.hidden = [4, 3]
optimizer = { learning_rate = 0.1, momentum = 0.5 }
)";

Config config_with(const std::vector<std::string>& settings) {
  return read_config_text(kText, "a.toml", settings);
}

/// A checkpoint of 100 samples after 10 steps of 20 samples, two epochs.
CheckpointInfo checkpoint_with(const std::vector<std::string>& settings, std::uint64_t slices = 8) {
  CheckpointInfo info;
  info.config = write_config(config_with(settings));
  info.slices = slices;
  info.data.samples = 100;
  info.progress.step = 10;
  return info;
}

std::vector<std::string> changes(std::vector<std::string> before, std::vector<std::string> now,
                                 std::uint64_t slices = 8) {
  before.emplace_back("train.global_batch=20");
  now.emplace_back("train.global_batch=20");
  return changed_arithmetic(checkpoint_with(before), config_with(now), slices);
}

TEST(Compare, WhatARunWritesAndHowLongItIsChangesNothing) {
  EXPECT_THAT(changes({}, {"run.name=b", "run.time_limit=9", "run.stop_after_steps=7", "train.epochs=99",
                           "train.check_replicas_every=1", "train.watchdog_seconds=1", "checkpoint.every_epochs=7",
                           "checkpoint.every_steps=7", "checkpoint.keep=7", "metrics.every_steps=7",
                           "metrics.ranks_every_steps=7", "data.train=other.csv", "data.test=other.csv",
                           "data.validation=other.csv"}),
              IsEmpty());
}

TEST(Compare, AKeyThatChangesTheArithmeticIsNamedWithItsValues) {
  for (const auto& [setting, before, now] :
       {std::tuple("optimizer.learning_rate=0.2", "optimizer.learning_rate = 0.1", "now it is 0.2"),
        std::tuple("optimizer.momentum=0", "optimizer.momentum = 0.5", "now it is 0"),
        std::tuple("run.seed=7", "run.seed = 1", "now it is 7"),
        std::tuple("model.hidden=[]", "model.layers = [{ units = 4", "now it is (nothing)"),
        std::tuple("schedule.name=cosine", "schedule.name = ", "now it is ")})
    EXPECT_THAT(changes({}, {setting}), testing::Contains(AllOf(HasSubstr(before), HasSubstr(now)))) << setting;
}

// A key that is added to the schema, and of which nothing is said, is compared.
TEST(Compare, NothingIsSaidOfAKeyThatChangesTheBits) {
  EXPECT_EQ((Key{"new.key", "of something"}.bits), Bits::by_value);
}

TEST(Compare, EpochsCountWhereTheLearningRateHasDependedOnThem) {
  const std::string cosine = "schedule.name=cosine";
  EXPECT_THAT(changes({cosine, "train.epochs=5"}, {cosine, "train.epochs=10"}),
              ElementsAre(AllOf(HasSubstr("train.epochs = 5, and now it is 10"), HasSubstr("schedule.name"))));
  EXPECT_THAT(changes({cosine, "train.epochs=5"}, {cosine, "train.epochs=5"}), IsEmpty());
  const std::string warmup = "schedule.warmup_steps=10";
  EXPECT_THAT(changes({cosine, warmup, "train.epochs=5"}, {cosine, warmup, "train.epochs=10"}), IsEmpty());
  EXPECT_THAT(changes({"schedule.name=step", "train.epochs=5"}, {"schedule.name=step", "train.epochs=10"}), IsEmpty());
}

TEST(Compare, SlicesCountByTheirNumber) {
  EXPECT_THAT(changes({}, {"train.slices=8"}), IsEmpty());
  EXPECT_THAT(changes({}, {"train.slices=world"}, 8), IsEmpty());
  EXPECT_THAT(changes({}, {"train.slices=world"}, 3),
              ElementsAre(AllOf(HasSubstr("8 slices"), HasSubstr("now 3"), HasSubstr("train.slices = 8"))));
  EXPECT_THAT(changes({}, {"train.slices=4"}, 4), ElementsAre(HasSubstr("set train.slices = 8")));
  const Config world = config_with({"train.slices=world"});
  EXPECT_THAT(changed_arithmetic(checkpoint_with({"train.slices=world"}, 2), world, 2), IsEmpty());
  // Files of version 1 do not have their number.
  EXPECT_THAT(changed_arithmetic(checkpoint_with({}, 0), config_with({}), 8), IsEmpty());
  EXPECT_THAT(changed_arithmetic(checkpoint_with({"train.slices=world"}, 0), world, 2),
              ElementsAre(HasSubstr("does not tell")));
}

TEST(Compare, ProgramsAndKernels) {
  CheckpointInfo before;
  before.blas_kernel = "libxsmm 1.17 cpx";
  before.lockstep_version = "0.1.0";
  CheckpointInfo now = before;
  before.c_library = "glibc 2.31";
  now.c_library = "glibc 2.36";
  now.blas_kernel = "portable aarch64";
  EXPECT_THAT(changed_programs(before, now), IsEmpty());  // no bits depend on it
  now.blas_kernel = "OpenBLAS 0.3.21 Haswell";
  now.lockstep_version = "0.2.0";
  EXPECT_THAT(
      changed_programs(before, now),
      ElementsAre(AllOf(HasSubstr("by libxsmm 1.17 cpx, and now OpenBLAS 0.3.21 Haswell"), HasSubstr("train.kernels")),
                  HasSubstr("0.1.0, and now 0.2.0")));
  before.blas_kernel = "OpenBLAS 0.3.21 Zen";
  before.lockstep_version = now.lockstep_version;
  EXPECT_THAT(changed_programs(before, now), ElementsAre(HasSubstr("OPENBLAS_CORETYPE")));
}

}  // namespace
}  // namespace lockstep
