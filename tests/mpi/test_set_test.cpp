// What an evaluation may change of a checkpoint's configuration, and what it refuses.
#include "train/test_set.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"

namespace lockstep {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

CheckpointInfo checkpoint(const std::string& test) {
  CheckpointInfo info;
  info.data.source = "best.h5";
  info.config = "run.name = 'a'\n[data]\nformat = 'csv'\ntrain = '/data/t.csv'\ntarget = 'y'\n" + test +
                "[[model.layers]]\nunits = 3\n";
  return info;
}

const CheckpointInfo kSplit = checkpoint("test_fraction = 0.25\n");
const CheckpointInfo kFiles = checkpoint("test = '/data/e.csv'\n");

std::string refusal(const CheckpointInfo& info, const std::string& override_text) {
  try {
    static_cast<void>(evaluation_config(info, {override_text}));
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), ExitStatus::bad_input);
    return error.what();
  }
  return "";
}

TEST(EvaluationConfig, RefusesWhatMovesTheSplit) {
  for (const char* text : {"run.seed=2", "run.split_seed=2", "data.test_fraction=0.5"})
    EXPECT_THAT(refusal(kSplit, text), testing::AllOf(StartsWith("--set " + std::string(text) + ": in best.h5 it is"),
                                                      HasSubstr("would move the split"), HasSubstr("data.test=FILE")));
}

TEST(EvaluationConfig, RefusesAnotherModelAndMeasure) {
  for (const char* text : {"model.activation=tanh", "model.hidden=[4]", "train.loss=mse", "data.standardize=true",
                           "data.target=z", "data.classes=['a', 'b']"})
    EXPECT_THAT(refusal(kFiles, text),
                HasSubstr(std::string(text).starts_with("model.") ? "cannot be changed" : "measured as it was trained"))
        << text;
}

TEST(EvaluationConfig, RefusesWhatHasNoEffect) {
  for (const char* text : {"run.seed=2", "train.epochs=3", "optimizer.learning_rate=0.5", "data.train=/data/u.csv"})
    EXPECT_THAT(refusal(kFiles, text), HasSubstr("no effect")) << text;
}

TEST(EvaluationConfig, TakesWhereDataLieAndATestSetOfItsOwn) {
  EXPECT_EQ(evaluation_config(kSplit, {"data.train=/data/moved.csv"}).data.train.path, "/data/moved.csv");
  for (const std::vector<std::string>& overrides :
       {std::vector<std::string>{"data.test=/data/e.csv"}, {"data.test=/data/e.csv", "data.test_fraction=0"}}) {
    const Config config = evaluation_config(kSplit, overrides);
    EXPECT_EQ(config.data.test.path, "/data/e.csv");
    EXPECT_EQ(config.data.test_fraction, 0);
  }
  EXPECT_EQ(evaluation_config(kFiles, {"data.test=/data/f.h5", "data.format=hdf5"}).data.format, DataFormat::hdf5);
  EXPECT_EQ(evaluation_config(kFiles, {"train.kernels=openblas"}).train.kernels, Kernels::openblas);
  EXPECT_EQ(evaluation_config(kSplit, {"run.seed=1", "data.test_fraction=0.25"}).data.test_fraction, 0.25);
}

}  // namespace
}  // namespace lockstep
