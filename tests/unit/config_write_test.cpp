// From a configuration back to TOML: every key, and nothing lost on the way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/read.hpp"
#include "config/write.hpp"
#include "data/scales/list.hpp"
#include "optim/list.hpp"
#include "optim/schedules.hpp"

namespace lockstep {
namespace {

using testing::Contains;
using testing::Pair;

/// A configuration in which every key but those that exclude others has an effect and no default.
Config unusual_config() {
  Config config;
  config.run = {.name = "größe \"1\" \\ 'a'",
                .seed = 9007199254740993,
                .time_limit = kTimeLimitFromSlurm,
                .stop_after_steps = 12};
  config.data = {
      .format = DataFormat::csv,
      .names = {},
      .train = {"/d/a \"b\"\n.csv", {}},
      .test = {"/d/t.csv", {}},
      .test_fraction = 0,
      .validation = {"/d/v.csv", {}},
      .validation_fraction = 0,
      .dialect = {.separator = Separator::tab, .header = HeaderLine::no, .decimal = Decimal::comma, .comment = "#"},
      .columns = {"größe", "b, \"c\"", "x"},
      .features = {"pixel_*", "x"},
      .ignore = {"id"},
      .target = {"größe", "b, \"c\""},
      .weights = "w",
      .group = "",
      .classes = {},
      .scale = kScale<QuantileScale>,
      .scale_targets = {},
      .gaps = {.missing = Missing::median, .words = {"-999"}, .indicator = true},
      .words = {.categorical = {"zip"}, .max_words = 50, .unseen = Unseen::zero}};
  config.data.scale_targets.given = {{"größe", {}}, {"b, \"c\"", kScale<LogScale>}};
  config.model = {.hidden = {{.units = 3,
                              .activation = kActivation<LeakyRelu>,
                              .dropout = 0.1 + 0.2,
                              .normalization = Normalization::batch},
                             {.units = 16777216, .activation = kActivation<Elu>}},
                  .output_activation = kActivation<Sigmoid>,
                  .init = kInitialWeights[2].second,
                  .init_distribution = InitDistribution::normal,
                  .activations = {.leaky_slope = 0.25, .elu_alpha = 2},
                  .norm = {.over = NormOver::slice}};
  config.augment.flip = 0.5;
  config.augment.mixup = 0.25;
  config.train = {.loss = {.name = kLoss<Huber>, .huber_delta = 0.5},
                  .class_weights = {.by_class = {{"T-shirt/\"top\"", 0.5}, {"b", 2}}},
                  .epochs = 0,
                  .global_batch = 7,
                  .slices = 0,
                  .freeze = 1,
                  .clip_value = 0.25,
                  .kernels = Kernels::openblas,
                  .monitor = Metric::r2,
                  .patience = 9,
                  .min_gain = 0.25,
                  .check_replicas_every = 3,
                  .watchdog_seconds = 4};
  config.optimizer = {.learning_rate = 0.1 + 0.2,
                      .momentum = 1.0 / 3,
                      .nesterov = true,
                      .weight_decay = 1e-300,
                      .l1_penalty = 0.125,
                      .decay_biases = false};
  config.schedule = {.name = schedule_named("step"), .warmup_steps = 5, .every_epochs = 6, .gamma = 1e22};
  config.checkpoint = {.every_epochs = 0, .every_steps = 8, .keep = 0};
  config.metrics = {.every_steps = 0, .ranks_every_steps = 7, .tensorboard = true};
  return config;
}

TEST(ConfigWrite, WritesEveryKeyWithEffectInItsSection) {
  EXPECT_EQ(write_config(unusual_config()), R"([run]
name = "größe \"1\" \\ 'a'"
seed = 9007199254740993
time_limit = 'slurm'
stop_after_steps = 12

[data]
format = 'csv'
train = '''/d/a "b"
.csv'''
test = '/d/t.csv'
test_fraction = 0
validation = '/d/v.csv'
validation_fraction = 0
separator = 'tab'
header = 'false'
decimal = ','
comment = '#'
columns = ['größe', 'b, "c"', 'x']
features = ['pixel_*', 'x']
ignore = ['id']
target = ['größe', 'b, "c"']
weights = 'w'
group = ''
classes = []
missing = 'median'
missing_indicator = true
missing_words = ['-999']
categorical = ['zip']
max_words = 50
unseen = 'zero'
scale = 'quantile'
scale_targets = { 'b, "c"' = 'log', 'größe' = 'none' }
order = 'global'

[augment]
flip = 0.5
flip_vertical = 0
shift = 0
rotation = 0
scale = 0
shear = 0
elastic = 0
erase = 0
mixup = 0.25

[model]
layers = [{ units = 3, activation = 'leaky_relu', dropout = 0.30000000000000004, normalization = 'batch' }, { units = 16777216, activation = 'elu', dropout = 0, normalization = 'none' }]
norm_over = 'slice'
norm_epsilon = 1e-05
norm_momentum = 0.1
residual = false
output_activation = 'sigmoid'
leaky_slope = 0.25
elu_alpha = 2
init = 'lecun'
init_distribution = 'normal'

[train]
loss = 'huber'
label_smoothing = 0
huber_delta = 0.5
class_weights = { "T-shirt/\"top\"" = 0.5, "b" = 2 }
epochs = 0
global_batch = 7
slices = 'world'
kernels = 'openblas'
precision = 'float32'
monitor = 'r2'
patience = 9
min_gain = 0.25
check_replicas_every = 3
watchdog_seconds = 4
freeze = 1
clip_norm = 0
clip_value = 0.25
average = 'none'

[optimizer]
name = 'sgd'
learning_rate = 0.30000000000000004
momentum = 0.3333333333333333
nesterov = true
weight_decay = 1e-300
l1_penalty = 0.125
decay_biases = false

[schedule]
name = 'step'
warmup_steps = 5
every_epochs = 6
gamma = 1e+22
final_fraction = 0

[checkpoint]
every_epochs = 0
every_steps = 8
keep = 0

[metrics]
every_steps = 0
ranks_every_steps = 7
tensorboard = true
)");
}

/// Every field is in these values; that the reader knows each key is tested with it.
void expect_same(const Config& a, const Config& b) {
  EXPECT_EQ(config_values(a), config_values(b));
}

Config written_and_read(const Config& config) {
  return read_config_text(write_config(config), "written", {});
}

TEST(ConfigWrite, IsReadAsTheSameConfiguration) {
  const Config config = unusual_config();
  const Config again = written_and_read(config);
  expect_same(again, config);
  EXPECT_EQ(again.run.name, config.run.name);
  EXPECT_EQ(again.run.seed, config.run.seed);
  EXPECT_EQ(again.data.train.path, config.data.train.path);
  EXPECT_EQ(again.data.target, config.data.target);
  EXPECT_EQ(again.optimizer.learning_rate, config.optimizer.learning_rate);
  EXPECT_EQ(again.optimizer.momentum, config.optimizer.momentum);
  EXPECT_EQ(again.optimizer.weight_decay, config.optimizer.weight_decay);
  EXPECT_EQ(again.schedule.gamma, config.schedule.gamma);
}

TEST(ConfigWrite, DefaultsAndPairsOfFilesAreReadAsTheyWere) {
  Config config;
  config.run.name = "r";
  config.data.train = {"/d/i \"1\"\n", "/d/l"};
  config.data.test_fraction = 0.25;
  const Config again = written_and_read(config);
  expect_same(again, config);
  EXPECT_EQ(again.data.train.path, config.data.train.path);
  EXPECT_EQ(again.data.train.labels, config.data.train.labels);
  EXPECT_THAT(config_values(config), Contains(Pair("train.slices", "8")));
}

TEST(ConfigWrite, NamesOfArraysAndListsOfFilesAreReadAsTheyWere) {
  Config config;
  config.run.name = "r";
  config.data.format = DataFormat::npy;
  config.data.names.features = "x";
  config.data.names.class_names = "classes";
  config.data.train.path = FileList(std::vector<std::string>{"/d/a.npy", "/d/b*.npy"});
  config.data.train.targets = "/d/y?.npy";
  config.data.test = {"/d/t.npz", {}};
  config.data.test.names.targets = "it's y";
  config.train.loss.name = kLoss<Mse>;
  const Config again = written_and_read(config);
  expect_same(again, config);
  EXPECT_EQ(again.data.names, config.data.names);
  EXPECT_EQ(again.data.train, config.data.train);
  EXPECT_EQ(again.data.test, config.data.test);
}

TEST(ConfigWrite, NamesTheSeedOfTheSplit) {
  const std::string text =
      "run.name = 'r'\nrun.seed = 7\ndata.train = '/t'\ndata.test_fraction = 0.5\ndata.format = 'hdf5'\n";
  EXPECT_THAT(config_values(read_config_text(text, "c", {})), Contains(Pair("run.split_seed", "7")));
  EXPECT_THAT(config_values(read_config_text(text, "c", {"run.split_seed=3"})), Contains(Pair("run.split_seed", "3")));
  // A resolved configuration holds its split, whatever becomes of the seed.
  const std::string resolved = write_config(read_config_text(text, "c", {}));
  EXPECT_EQ(read_config_text(resolved, "c", {"run.seed=8"}).run.split_seed, 7U);
}

TEST(ConfigWrite, ListsKeysInOrder) {
  std::string keys;
  for (const auto& [key, value] : config_values(unusual_config())) keys += key + ' ';
  EXPECT_EQ(
      keys,
      "run.name run.seed run.time_limit run.stop_after_steps data.format data.train data.test "
      "data.test_fraction data.validation data.validation_fraction "
      "data.separator data.header data.decimal data.comment data.columns data.features data.ignore data.target "
      "data.weights data.group data.classes "
      "data.missing data.missing_indicator data.missing_words data.categorical data.max_words data.unseen data.scale "
      "data.scale_targets data.order augment.flip "
      "augment.flip_vertical augment.shift augment.rotation augment.scale augment.shear augment.elastic augment.erase "
      "augment.mixup "
      "model.layers model.norm_over model.norm_epsilon model.norm_momentum model.residual model.output_activation "
      "model.leaky_slope "
      "model.elu_alpha model.init model.init_distribution train.loss "
      "train.label_smoothing train.huber_delta train.class_weights train.epochs "
      "train.global_batch train.slices train.kernels train.precision train.monitor train.patience train.min_gain "
      "train.check_replicas_every train.watchdog_seconds train.freeze "
      "train.clip_norm "
      "train.clip_value train.average optimizer.name "
      "optimizer.learning_rate optimizer.momentum "
      "optimizer.nesterov optimizer.weight_decay optimizer.l1_penalty optimizer.decay_biases schedule.name "
      "schedule.warmup_steps schedule.every_epochs "
      "schedule.gamma schedule.final_fraction checkpoint.every_epochs checkpoint.every_steps checkpoint.keep "
      "metrics.every_steps metrics.ranks_every_steps metrics.tensorboard ");
}

}  // namespace
}  // namespace lockstep
