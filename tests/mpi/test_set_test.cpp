// What evaluations and predictions may change of a checkpoint's configuration, and what they refuse.
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

std::string refusal(const CheckpointInfo& info, const std::string& override_text,
                    NetworkUse use = NetworkUse::evaluation) {
  try {
    static_cast<void>(config_for(use, info, {override_text}));
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

TEST(PredictionConfig, TakesHowProductsAreMadeAlone) {
  const Config config =
      config_for(NetworkUse::prediction, kSplit, {"train.precision=bfloat16", "train.kernels=portable"});
  EXPECT_EQ(config.train.precision, Precision::bfloat16);
  EXPECT_EQ(config.train.kernels, Kernels::portable);
  for (const char* text : {"data.test=/data/f.csv", "data.train=/data/u.csv", "train.epochs=3"})
    EXPECT_THAT(refusal(kFiles, text, NetworkUse::prediction), HasSubstr("no effect on a prediction")) << text;
  EXPECT_THAT(refusal(kFiles, "model.activation=tanh", NetworkUse::prediction), HasSubstr("cannot be changed"));
}

TEST(EvaluationConfig, TakesWhereDataLieAndATestSetOfItsOwn) {
  EXPECT_EQ(config_for(NetworkUse::evaluation, kSplit, {"data.train=/data/moved.csv"}).data.train.path,
            "/data/moved.csv");
  for (const std::vector<std::string>& overrides :
       {std::vector<std::string>{"data.test=/data/e.csv"}, {"data.test=/data/e.csv", "data.test_fraction=0"}}) {
    const Config config = config_for(NetworkUse::evaluation, kSplit, overrides);
    EXPECT_EQ(config.data.test.path, "/data/e.csv");
    EXPECT_EQ(config.data.test_fraction, 0);
  }
  EXPECT_EQ(config_for(NetworkUse::evaluation, kFiles, {"data.test=/data/f.h5", "data.format=hdf5"}).data.format,
            DataFormat::hdf5);
  EXPECT_EQ(config_for(NetworkUse::evaluation, kFiles, {"train.kernels=openblas"}).train.kernels, Kernels::openblas);
  EXPECT_EQ(config_for(NetworkUse::evaluation, kFiles, {"train.precision=bfloat16"}).train.precision,
            Precision::bfloat16);
  EXPECT_EQ(config_for(NetworkUse::evaluation, kSplit, {"run.seed=1", "data.test_fraction=0.25"}).data.test_fraction,
            0.25);
}

}  // namespace
}  // namespace lockstep
