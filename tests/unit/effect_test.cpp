// Keys without effect in a configuration: refused where a user gives them, and left out of what the program writes.
#include "config/effect.hpp"

#include "config/read.hpp"
#include "config/write.hpp"
#include "data_files.hpp"

namespace lockstep {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;
using testing::StartsWith;

using Overrides = std::vector<std::string>;

const std::string kTable =
    "run.name = 'r'\ndata.format = 'csv'\ndata.train = '/t.csv'\ndata.target = 'y'\ndata.test_fraction = 0.5\n";
const Overrides kIdx = {"data.format=idx", "data.target=[]", "data.train={images='/i', labels='/l'}"};
const Overrides kHdf5 = {"data.format=hdf5", "data.target=[]", "data.train=/t.h5"};

Overrides operator+(Overrides a, const Overrides& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

struct Case {
  Overrides settings;  // the last one has no effect with those before it
  std::string why;
  Overrides remedy;  // with these it has
};

const std::vector<Case> kCases = {
    {{"data.test=/e.csv", "data.test_fraction=0", "run.split_seed=3"}, "data.test_fraction", {}},
    {{"data.test=/e.csv", "data.test_fraction=0", "data.group=g"},
     "and there is one only with data.test_fraction",
     {"data.validation_fraction=0.1"}},
    {kIdx + Overrides{"data.group=g"}, "a split of a CSV or HDF5 file", {}},
    {{"train.patience=3"}, "chosen by validation samples", {"data.validation_fraction=0.1"}},
    {{"train.monitor=accuracy"}, "data.validation_fraction, such as 0.1", {"data.validation=/v.csv"}},
    {{"data.validation_fraction=0.1", "train.min_gain=0.1"}, "train.patience, which is 0", {"train.patience=3"}},
    {{"data.standardize_targets=true"}, "is for regression", {"train.loss=mse"}},
    {{"train.loss=mse", "data.classes=a,b", "data.standardize_targets=true"}, "data.classes", {"data.classes=[]"}},
    {kIdx + Overrides{"train.loss=mse", "data.standardize_targets=true"}, "data.train has labels", {}},
    {kIdx + Overrides{"data.target=y"}, "columns of CSV tables", {}},
    {{"model.activation=tanh"}, "there are none; give model.hidden", {"model.hidden=[3]"}},
    {{"model.activation=relu"}, "there are none; give model.hidden", {"model.hidden=[3]"}},
    {{"model.hidden=[]", "model.dropout=0.5"}, "there are none; give model.hidden", {"model.hidden=[3]"}},
    {{"model.output_activation=sigmoid"}, "a function of its own", {"train.loss=mse"}},
    {{"model.hidden=[3]", "model.norm_over=slice"}, "batch normalization", {"model.normalization=batch"}},
    {{"model.hidden=[3]", "model.norm_epsilon=0.1"}, "no layer is normalized", {"model.normalization=layer"}},
    {{"model.hidden=[3, 4]", "model.residual=true"}, "as wide as the one before", {"model.hidden=[3, 4, 4]"}},
    {{"model.leaky_slope=0.2"}, "\"leaky_relu\"", {"model.hidden=[3]", "model.activation=leaky_relu"}},
    {{"model.hidden=[3]", "model.elu_alpha=1"}, "\"elu\"", {"model.activation=elu"}},
    {{"model.leaky_slope=0.01"}, "\"leaky_relu\"", {"train.loss=mse", "model.output_activation=leaky_relu"}},
    {{"model.init=zeros", "model.init_distribution=normal"}, "\"zeros\"", {"model.init=he"}},
    {{"train.loss=poisson", "model.output_activation=tanh"}, "a function of its own", {"train.loss=huber"}},
    {{"train.loss=poisson", "data.standardize_targets=true"}, "have bounds", {"train.loss=quantile"}},
    {{"train.loss=binary_cross_entropy", "data.standardize_targets=true"}, "have bounds", {"train.loss=mae"}},
    {{"train.loss=mse", "train.label_smoothing=0.1"}, "\"cross_entropy\"", {"train.loss=cross_entropy"}},
    {{"train.huber_delta=1"}, "\"huber\"", {"train.loss=huber"}},
    {{"train.quantile=0.9"}, "\"quantile\"", {"train.loss=quantile"}},
    {{"optimizer.nesterov=true"}, "optimizer.momentum above 0", {"optimizer.momentum=0.9"}},
    {{"optimizer.beta1=0.8"}, "belongs to optimizer.name = \"adam\" or ", {"optimizer.name=nadam"}},
    {{"optimizer.name=adam", "optimizer.momentum=0.8"},
     "= \"sgd\" or \"rmsprop\" or \"lars\"",
     {"optimizer.name=lars"}},
    {{"optimizer.rho=0.9"}, "belongs to optimizer.name = \"rmsprop\"", {"optimizer.name=rmsprop"}},
    {{"optimizer.decay_biases=false"}, "optimizer.l1_penalty above 0", {"optimizer.weight_decay=0.1"}},
    {{"train.clip_value=1", "train.clip_norm=1"}, "leave one of the two out", {"train.clip_value=0"}},
    {{"train.average_decay=0.9"}, "train.average = \"ema\"", {"train.average=ema"}},
    {{"data.validation_fraction=0.1", "train.min_gain=1"}, "train.patience", {"schedule.name=plateau"}},
    {{"schedule.power=3"}, "belongs to schedule.name = \"polynomial\"", {"schedule.name=polynomial"}},
    {{"schedule.name=one_cycle", "schedule.warmup_steps=3"},
     "belongs to schedule.name = \"constant\"",
     {"schedule.name=step"}},
    {{"schedule.every_epochs=3"}, "belongs to schedule.name = \"step\"", {"schedule.name=step"}},
    {{"schedule.every_epochs=10"}, "belongs to schedule.name = \"step\"", {"schedule.name=step"}},
    {{"schedule.name=cosine", "schedule.gamma=0.5"}, "belongs to schedule.name = \"step\"", {"schedule.name=step"}},
    {{"schedule.name=cosine", "schedule.gamma=0"}, "belongs to schedule.name = \"step\"", {"schedule.name=step"}},
    {{"schedule.name=step", "schedule.final_fraction=0.1"}, "or \"cosine\" or ", {"schedule.name=cosine"}},
};

TEST(Effect, AKeyWithoutOneIsRefusedWithTheReason) {
  for (const Case& c : kCases) {
    const std::string& setting = c.settings.back();
    EXPECT_THAT(bad_input_of([&] { return read_config_text(kTable, "c", c.settings); }),
                AllOf(StartsWith("--set " + setting + ": " + setting.substr(0, setting.find('=')) + ": "),
                      HasSubstr(": has no effect here: "), HasSubstr(c.why)));
    if (!c.remedy.empty()) read_config_text(kTable, "c", c.settings + c.remedy);
  }
}

TEST(Effect, AFilesKeyIsRefusedWithItsLine) {
  EXPECT_THAT(bad_input_of([] { return read_config_text(kTable + "[model]\ndropout = 0.5\n", "c.toml", {}); }),
              StartsWith("c.toml:7: model.dropout: has no effect here: "));
}

TEST(Effect, WhatAsksForNothingMayStandAnywhere) {
  for (const char* setting : {"data.standardize_targets=false", "model.dropout=0", "model.hidden=[]",
                              "model.output_activation=identity", "optimizer.nesterov=false", "train.monitor=loss",
                              "train.patience=0", "train.min_gain=0", "schedule.final_fraction=0", "data.test=''"})
    read_config_text(kTable, "c", {setting});
  read_config_text(kTable, "c", {"data.test=/e.csv", "data.test_fraction=0"});
  read_config_text(kTable, "c", kIdx);
}

TEST(Effect, AResolvedConfigurationIsReadAgain) {
  std::vector<Overrides> configurations = {{}, kIdx, kHdf5};
  for (const Case& c : kCases) {
    configurations.emplace_back(c.settings.begin(), c.settings.end() - 1);
    if (!c.remedy.empty()) configurations.push_back(c.settings + c.remedy);
  }
  for (const Overrides& overrides : configurations) {
    const Config config = read_config_text(kTable, "c", overrides);
    const std::string text = write_config(config);
    // As a checkpoint's, and as a user's own file.
    for (const Config& again : {read_resolved_config(text, "c", {}), read_config_text(text, "c", {})})
      EXPECT_EQ(write_config(again), text);
  }
  const auto values = config_values(read_config_text(kTable, "c", {}));
  EXPECT_THAT(values, Contains(Pair("run.split_seed", "1")));
  for (const char* key : {"schedule.gamma", "schedule.every_epochs"})
    EXPECT_THAT(values, Not(Contains(Pair(key, testing::_)))) << key;
  // What asks for nothing is there: other programs read these files too.
  EXPECT_THAT(values, Contains(Pair("model.output_activation", "'identity'")));
  EXPECT_THAT(values, Contains(Pair("optimizer.nesterov", "false")));
}

TEST(Effect, EarlierVersionsWroteEveryKey) {
  const std::string text = kTable +
                           "data.standardize_targets = false\nmodel.output_activation = 'identity'\n"
                           "schedule.name = 'constant'\nschedule.gamma = 0.5\nschedule.every_epochs = 10\n"
                           "optimizer.nesterov = true\nrun.seed = 4\n";
  EXPECT_EQ(read_resolved_config(text, "c", {"train.epochs=3"}).run.split_seed, 4U);
  EXPECT_THAT(bad_input_of([&] { return read_resolved_config(text, "c", {"schedule.gamma=0.1"}); }),
              StartsWith("--set schedule.gamma=0.1: schedule.gamma: has no effect here: "));
}

TEST(Effect, SomeKeysAreJudgedWhenTheDataAreKnown) {
  const auto check = [](const Overrides& overrides, Task task, std::uint64_t steps) {
    check_with_data(read_config_text(kTable, "c", overrides), task, steps);
    return 0;
  };
  const Overrides targets = kHdf5 + Overrides{"train.loss=mse", "data.standardize_targets=true"};
  check(targets, Task::regression, 10);
  EXPECT_THAT(bad_input_of([&] { return check(targets, Task::classification, 10); }),
              AllOf(StartsWith("data.scale_targets or data.standardize_targets: has no effect here: "),
                    HasSubstr("/t.h5 has classes")));
  const Overrides accuracy = {"data.validation_fraction=0.1", "train.monitor=accuracy"};
  check(accuracy, Task::classification, 10);
  EXPECT_THAT(bad_input_of([&] { return check(accuracy, Task::regression, 10); }),
              AllOf(StartsWith("train.monitor: \"accuracy\" is of classifications"), HasSubstr("or \"r2\"")));
  const Overrides warmup = {"schedule.warmup_steps=10"};
  check(warmup, Task::classification, 10);
  check(warmup, Task::classification, 0);
  EXPECT_THAT(bad_input_of([&] { return check(warmup, Task::classification, 9); }),
              AllOf(StartsWith("schedule.warmup_steps: 10 are more than the 9 steps"), HasSubstr("train.epochs")));
}

}  // namespace
}  // namespace lockstep
