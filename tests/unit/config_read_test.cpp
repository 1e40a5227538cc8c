// From TOML and --set to a configuration: every key, where paths begin, and messages that say what to change.
#include "config/read.hpp"
#include "data/scales/list.hpp"
#include "data_files.hpp"
#include "optim/list.hpp"
#include "optim/schedules.hpp"

namespace lockstep {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

using Overrides = std::vector<std::string>;

// The least that a configuration needs, in five lines.
const std::string kLeast =
    "[run]\n"
    "name = 'r'\n"
    "[data]\n"
    "train = { images = '/d/i', labels = '/d/l' }\n"
    "test_fraction = 0.5\n";

Config config_of(const Overrides& overrides) {
  return read_config_text(kLeast, "least.toml", overrides);
}

/// The message about a configuration, which must name it.
std::string refusal_of(const std::string& text) {
  std::string message = bad_input_of([&] { return read_config_text(text, "c.toml", {}); });
  EXPECT_THAT(message, StartsWith("c.toml:"));
  return message;
}

/// The message about the least configuration with overrides, the last of which must be named.
std::string message_about_set(const Overrides& overrides) {
  std::string message = bad_input_of([&] { return config_of(overrides); });
  EXPECT_THAT(message, StartsWith("--set " + overrides.back() + ": "));
  return message;
}

TEST(ConfigRead, HasDefaults) {
  const Config config = config_of({});
  EXPECT_EQ(config.run.seed, 1U);
  EXPECT_EQ(config.run.split_seed, 1U);
  EXPECT_EQ(config.data.format, DataFormat::idx);
  EXPECT_THAT(config.data.test.path.text(), IsEmpty());
  EXPECT_THAT(config.data.target, IsEmpty());
  EXPECT_THAT(config.data.classes, IsEmpty());
  EXPECT_EQ(config.data.scale, ByColumn<Scale>());
  EXPECT_EQ(config.data.scale_targets, ByColumn<Scale>());
  EXPECT_THAT(config.model.hidden, IsEmpty());
  EXPECT_EQ(config.model.output_activation, kActivation<Identity>);
  EXPECT_EQ(config.model.activations.leaky_slope, 0.01);
  EXPECT_EQ(config.model.activations.elu_alpha, 1.0);
  EXPECT_EQ(config.model.init, kInitialWeights[0].second);  // Glorot's
  EXPECT_EQ(config.model.init_distribution, InitDistribution::uniform);
  EXPECT_EQ(config.train.loss.name, kLoss<CrossEntropy>);
  EXPECT_EQ(config.train.loss.label_smoothing, 0.0);
  EXPECT_EQ(config.train.loss.huber_delta, 1.0);
  EXPECT_EQ(config.train.loss.quantile, 0.5);
  EXPECT_EQ(config.train.epochs, 10U);
  EXPECT_EQ(config.train.global_batch, 128U);
  EXPECT_EQ(config.train.slices, 8U);
  EXPECT_EQ(config.optimizer.learning_rate, 0.1);
  EXPECT_EQ(config.optimizer.momentum, 0.0);
  EXPECT_FALSE(config.optimizer.nesterov);
  EXPECT_EQ(config.optimizer.weight_decay, 0.0);
  EXPECT_EQ(config.schedule.name, schedule_named("constant"));
  EXPECT_EQ(config.schedule.warmup_steps, 0U);
  EXPECT_EQ(config.schedule.every_epochs, 10U);
  EXPECT_EQ(config.schedule.gamma, 0.1);
  EXPECT_EQ(config.schedule.final_fraction, 0.0);
  EXPECT_EQ(config.checkpoint.every_epochs, 1U);
  EXPECT_EQ(config.checkpoint.every_steps, 0U);
  EXPECT_EQ(config.checkpoint.keep, 2U);
  EXPECT_EQ(config.metrics.every_steps, 10U);
  EXPECT_EQ(config.metrics.ranks_every_steps, 0U);
}

TEST(ConfigRead, ReadsEveryKey) {
  const Config config = read_config_text(R"(
[run]
name = "name"
seed = 9007199254740993
[data]
format = "csv"
train = "/d/train.csv"
test = "/d/test.csv"
target = ["a", "b"]
standardize = true
standardize_targets = true
[model]
hidden = [3, 2]
activation = "tanh"
output_activation = "sigmoid"
init = "he"
init_distribution = "normal"
[train]
loss = "mse"
epochs = 11
global_batch = 12
slices = 13
[optimizer]
name = "sgd"
learning_rate = 1
momentum = 0.5
nesterov = true
weight_decay = 1e-4
[schedule]
name = "cosine"
warmup_steps = 14
final_fraction = 0.125
[checkpoint]
every_epochs = 16
every_steps = 17
keep = 18
[metrics]
every_steps = 19
ranks_every_steps = 20
)",
                                         "c.toml", {});
  EXPECT_EQ(config.run.name, "name");
  EXPECT_EQ(config.run.seed, 9007199254740993U);
  EXPECT_EQ(config.data.format, DataFormat::csv);
  EXPECT_EQ(config.data.train.path.text(), "/d/train.csv");
  EXPECT_EQ(config.data.test.path.text(), "/d/test.csv");
  EXPECT_THAT(config.data.target, ElementsAre("a", "b"));
  EXPECT_EQ(config.data.scale, kScale<StandardScale>);
  EXPECT_EQ(config.data.scale_targets, kScale<StandardScale>);
  ASSERT_THAT(config.model.hidden, SizeIs(2));
  EXPECT_EQ(config.model.hidden[0].units, 3U);
  EXPECT_EQ(config.model.hidden[0].activation, kActivation<Tanh>);
  EXPECT_EQ(config.model.hidden[1].units, 2U);
  EXPECT_EQ(config.model.hidden[1].activation, kActivation<Tanh>);
  EXPECT_EQ(config.model.output_activation, kActivation<Sigmoid>);
  EXPECT_EQ(config.model.init, kInitialWeights[1].second);  // He's
  EXPECT_EQ(config.model.init_distribution, InitDistribution::normal);
  EXPECT_EQ(config.train.loss.name, kLoss<Mse>);
  EXPECT_EQ(config.train.epochs, 11U);
  EXPECT_EQ(config.train.global_batch, 12U);
  EXPECT_EQ(config.train.slices, 13U);
  EXPECT_EQ(config.optimizer.learning_rate, 1.0);
  EXPECT_EQ(config.optimizer.momentum, 0.5);
  EXPECT_TRUE(config.optimizer.nesterov);
  EXPECT_EQ(config.optimizer.weight_decay, 1e-4);
  EXPECT_EQ(config.schedule.name, schedule_named("cosine"));
  EXPECT_EQ(config.schedule.warmup_steps, 14U);
  EXPECT_EQ(config.schedule.final_fraction, 0.125);
  EXPECT_EQ(config.checkpoint.every_epochs, 16U);
  EXPECT_EQ(config.checkpoint.every_steps, 17U);
  EXPECT_EQ(config.checkpoint.keep, 18U);
  EXPECT_EQ(config.metrics.every_steps, 19U);
  EXPECT_EQ(config.metrics.ranks_every_steps, 20U);
}

TEST(ConfigRead, ReadsTheKeysThatThoseExclude) {
  const Config config =
      config_of({"model.layers=[{units=1, activation='elu'}, {units=1, activation='leaky_relu'}]",
                 "model.elu_alpha=0.5", "model.leaky_slope=0.25", "run.split_seed=21", "data.classes=['c', 'd']",
                 "schedule.name=step", "schedule.every_epochs=15", "schedule.gamma=0.25"});
  EXPECT_EQ(config.model.activations.elu_alpha, 0.5);
  EXPECT_EQ(config.model.activations.leaky_slope, 0.25);
  EXPECT_EQ(config.run.split_seed, 21U);
  EXPECT_THAT(config.data.classes, ElementsAre("c", "d"));
  EXPECT_EQ(config.schedule.every_epochs, 15U);
  EXPECT_EQ(config.schedule.gamma, 0.25);
}

TEST(ConfigRead, KnowsEveryChoice) {
  EXPECT_EQ(config_of({"data.format=hdf5", "data.train=/d/t.h5"}).data.format, DataFormat::hdf5);
  EXPECT_EQ(config_of({"data.format=idx"}).data.format, DataFormat::idx);
  for (const auto& [name, value] : Losses::kNames)
    EXPECT_EQ(config_of({fmt::format("train.loss={}", name)}).train.loss.name, value);
  for (const ScheduleTraits& traits : kScheduleTraits)
    EXPECT_EQ(config_of({fmt::format("schedule.name={}", traits.name), "data.validation_fraction=0.1"}).schedule.name,
              schedule_named(traits.name));
  for (const OptimizerTraits& traits : kOptimizerTraits)
    EXPECT_EQ(config_of({fmt::format("optimizer.name={}", traits.name)}).optimizer.name, optimizer_named(traits.name));
  for (const auto& [name, value] : Activations::kNames)
    EXPECT_EQ(config_of({"model.hidden=[1]", fmt::format("model.activation={}", name)}).model.hidden[0].activation,
              value);
}

TEST(ConfigRead, DefaultsAreThoseOfTheOptimizer) {
  EXPECT_EQ(config_of({}).optimizer.learning_rate, 0.1);
  const OptimizerOptions adamw = config_of({"optimizer.name=adamw", "optimizer.beta2=0.9"}).optimizer;
  EXPECT_EQ(adamw.learning_rate, 0.001);
  EXPECT_EQ(adamw.weight_decay, 0.01);
  EXPECT_EQ(adamw.beta2, 0.9);
  EXPECT_EQ(config_of({"optimizer.name=lars", "optimizer.learning_rate=3"}).optimizer.momentum, 0.9);
}

TEST(ConfigRead, LayersOfTheirOwnKinds) {
  const Config config = read_config_text(
      kLeast + "[[model.layers]]\nunits = 5\nactivation = 'tanh'\ndropout = 0.25\n[[model.layers]]\nunits = 4\n",
      "c.toml", {});
  ASSERT_THAT(config.model.hidden, SizeIs(2));
  EXPECT_EQ(config.model.hidden[0].units, 5U);
  EXPECT_EQ(config.model.hidden[0].activation, kActivation<Tanh>);
  EXPECT_EQ(config.model.hidden[1].units, 4U);
  EXPECT_EQ(config.model.hidden[1].activation, kActivation<Relu>);
  EXPECT_EQ(config.model.hidden[0].dropout, 0.25);
  EXPECT_EQ(config.model.hidden[1].dropout, 0.0);
  EXPECT_THAT(config_of({"model.layers=[{units=7}]"}).model.hidden, SizeIs(1));
  EXPECT_EQ(config_of({"model.hidden=[6]"}).model.hidden[0].activation, kActivation<Relu>);
  for (const LayerOptions& layer : config_of({"model.hidden=[6, 5]", "model.dropout=0.5"}).model.hidden)
    EXPECT_EQ(layer.dropout, 0.5);
}

TEST(ConfigRead, Bfloat16IsNotForOpenblas) {
  EXPECT_EQ(config_of({"train.precision=bfloat16"}).train.precision, Precision::bfloat16);
  EXPECT_EQ(config_of({"train.kernels=openblas", "train.precision=float32"}).train.kernels, Kernels::openblas);
  EXPECT_THAT(message_about_set({"train.kernels=openblas", "train.precision=bfloat16"}), HasSubstr("\"openblas\""));
}

TEST(ConfigRead, SlicesMayFollowTheWorld) {
  const Config config = config_of({"train.slices=world"});
  EXPECT_EQ(config.train.slices, 0U);
  EXPECT_EQ(config.train.slices_on(5), 5U);
  EXPECT_EQ(config_of({"train.slices=3"}).train.slices_on(5), 3U);
}

TEST(ConfigRead, ATextStandsForAListOfOne) {
  EXPECT_THAT(read_config_text(kLeast + "classes = 't'\n", "c.toml", {}).data.classes, ElementsAre("t"));
  EXPECT_THAT(config_of({"data.classes=[]"}).data.classes, IsEmpty());
}

TEST(ConfigRead, WeightsOfClassesHaveTheirNames) {
  EXPECT_FALSE(config_of({}).train.class_weights.any());
  EXPECT_FALSE(config_of({"train.class_weights=none"}).train.class_weights.any());
  EXPECT_TRUE(config_of({"train.class_weights=balanced"}).train.class_weights.balanced);
  const std::map<std::string, double> expected{{"T-shirt/top", 0.5}, {"a.b", 1}, {"0", 2}};
  const std::string table = "{ 'T-shirt/top' = 0.5, \"a.b\" = 1, 0 = 2 }";
  EXPECT_EQ(config_of({"train.class_weights=" + table}).train.class_weights.by_class, expected);
  const std::string text = kLeast + "[train]\nclass_weights = " + table + "\n";
  EXPECT_EQ(read_config_text(text, "c.toml", {}).train.class_weights.by_class, expected);
  const ClassWeights other = read_config_text(text, "c.toml", {"train.class_weights.0=3"}).train.class_weights;
  EXPECT_EQ(other.by_class.at("0"), 3.0);
  EXPECT_EQ(other.by_class.at("a.b"), 1.0);
}

TEST(ConfigRead, AWholeNumberStandsForItsText) {
  EXPECT_THAT(read_config_text(kLeast + "classes = [0, '1', -2]\n", "c.toml", {}).data.classes,
              ElementsAre("0", "1", "-2"));
  EXPECT_THAT(config_of({"data.classes=7, 8"}).data.classes, ElementsAre("7", "8"));
}

TEST(ConfigRead, ReadsHowATableIsWritten) {
  const std::string table = "[run]\nname = 'r'\n[data]\nformat = 'csv'\ntrain = 't'\ntest_fraction = 0.5\ntarget = 9\n";
  const Config config =
      read_config_text(table + "header = false\n", "c.toml", {"data.separator=;", "data.decimal=,", "data.comment="});
  EXPECT_THAT(config.data.target, ElementsAre("9"));
  EXPECT_EQ(config.data.dialect.header, HeaderLine::no);
  EXPECT_EQ(config.data.dialect.separator, Separator::semicolon);
  EXPECT_EQ(config.data.dialect.decimal, Decimal::comma);
  EXPECT_EQ(config.data.dialect.comment, "");
  EXPECT_EQ(read_config_text(table, "c.toml", {"data.header=true"}).data.dialect.header, HeaderLine::yes);
  EXPECT_THAT(message_about_set({"data.separator=comma"}), HasSubstr("\"blanks\""));
  EXPECT_THAT(message_about_set({"data.header=true"}), HasSubstr("data.format = \"csv\""));
}

TEST(ConfigSet, TakesTomlOrATextWithoutQuotes) {
  EXPECT_EQ(config_of({"train.epochs=3"}).train.epochs, 3U);
  EXPECT_EQ(config_of({"train.epochs = 3"}).train.epochs, 3U);
  EXPECT_EQ(config_of({"run.name=a=b 'c'"}).run.name, "a=b 'c'");
  EXPECT_EQ(config_of({"run.name=\"quoted\""}).run.name, "quoted");
  EXPECT_THAT(config_of({"model.hidden=[4, 2]"}).model.hidden, SizeIs(2));
  EXPECT_EQ(config_of({"train={epochs=4, global_batch=5}"}).train.epochs, 4U);
  EXPECT_EQ(config_of({"train.epochs=3", "train.epochs=4"}).train.epochs, 4U);
}

TEST(ConfigSet, OverridesValueByValue) {
  const Config config = config_of({"data.train.labels=/other/l", "data={standardize=true}"});
  EXPECT_EQ(config.data.train.path.text(), "/d/i");
  EXPECT_EQ(config.data.train.labels.text(), "/other/l");
  EXPECT_EQ(config.data.scale, kScale<StandardScale>);
  EXPECT_EQ(config_of({"data.format=hdf5", "data.train=/d/t.h5"}).data.train.labels.text(), "");
}

TEST(ConfigSet, FilesAreOneOrSeveralWithNames) {
  const auto npy = [](Overrides settings) {
    settings.insert(settings.begin(), {"data.format=npy"});
    return config_of(settings).data;
  };
  EXPECT_EQ(npy({"data.train=/d/[ab].npz"}).train, DataFile("/d/[ab].npz", {}));
  EXPECT_THAT(npy({"data.train=['/a', '/b*']"}).train.path.entries, ElementsAre("/a", "/b*"));
  EXPECT_THAT(npy({"data.train=/x", "data.train={ features = ['/a', '/b'], targets = '/y*' }"}).train.targets.entries,
              ElementsAre("/y*"));
  EXPECT_EQ(npy({"data.names={ features = '/group/x', labels = 'y' }"}).names.features, "group/x");
  EXPECT_EQ(npy({"data.train=/x", "data.train.names.features=x"}).train.path.text(), "/x");
  EXPECT_EQ(npy({"data.train.names.features=x"}).train.names.features, "x");
}

TEST(ConfigSet, RefusesFilesThatContradictThemselves) {
  EXPECT_THAT(message_about_set({"data.train={ images = '/i', path = '/p', labels = '/l' }"}),
              HasSubstr("path, images and features are words for the same"));
  EXPECT_THAT(message_about_set({"data.train={ images = '/i', labels = '/l', targets = '/t' }"}),
              HasSubstr("either labels, which are classes, or targets"));
  EXPECT_THAT(message_about_set({"data.train={ images = '/i', labels = '/l', names = { features = 'x' } }"}),
              HasSubstr("names: has no effect here"));
  EXPECT_THAT(message_about_set({"data.names={ features = 'x' }"}), HasSubstr("data.names: has no effect here"));
  EXPECT_THAT(message_about_set({"data.format=npy", "data.names={ x = 'y' }"}), HasSubstr("data.names.x"));
  EXPECT_THAT(message_about_set({"data.format=npy", "data.names=['a', 'b']"}), HasSubstr("data.columns"));
}

TEST(ConfigSet, RefusesWhatIsNoKeyAndValue) {
  for (const std::string text : {"train.epochs", "=3", ""})
    EXPECT_THAT(message_about_set({text}), HasSubstr("KEY=VALUE"));
  message_about_set({"two words=3"});
  message_about_set({"run.name='''a"});
}

class ConfigPathsTest : public DataFilesTest {
 protected:
  [[nodiscard]] Config read(const std::string& data, const Overrides& overrides = {}) const {
    const std::string file = write("configs/c.toml", "[run]\nname = 'r'\n[data]\n" + data);
    return read_config(file, overrides);
  }
  void SetUp() override { std::filesystem::create_directory(path("configs")); }

  std::string here_ = std::filesystem::current_path();
};

TEST_F(ConfigPathsTest, BeginAtTheFolderOfTheFile) {
  const Config config =
      read("train = { images = '../data/i', labels = 'l' }\ntest = { images = '/d/i', labels = './l' }");
  EXPECT_EQ(config.data.train.path.text(), path("data/i"));
  EXPECT_EQ(config.data.train.labels.text(), path("configs/l"));
  EXPECT_EQ(config.data.test.path.text(), "/d/i");
  EXPECT_EQ(config.data.test.labels.text(), path("configs/l"));
}

TEST_F(ConfigPathsTest, BeginAtTheCurrentFolderInOverrides) {
  const std::string idx = "train = { images = 'i', labels = 'l' }\ntest_fraction = 0.5";
  Config config = read(idx, {"data.format=csv", "data.target=t", "data.train=../a.csv"});
  EXPECT_EQ(config.data.train.path.text(), std::filesystem::path(here_).parent_path() / "a.csv");
  config = read(idx, {"data.train={images='a', labels='b'}"});
  EXPECT_EQ(config.data.train.path.text(), here_ + "/a");
  EXPECT_EQ(config.data.train.labels.text(), here_ + "/b");
  config = read(idx, {"data.train.images=a"});
  EXPECT_EQ(config.data.train.path.text(), here_ + "/a");
  EXPECT_EQ(config.data.train.labels.text(), path("configs/l"));
  config = read(idx, {"data.train = {labels='b'}"});
  EXPECT_EQ(config.data.train.path.text(), path("configs/i"));
  EXPECT_EQ(config.data.train.labels.text(), here_ + "/b");
  config = read(idx, {"data={standardize=true}"});
  EXPECT_EQ(config.data.train.path.text(), path("configs/i"));
}

TEST_F(ConfigPathsTest, BeginAtTheCurrentFolderInTextFromElsewhere) {
  const Config config = read_config_text("[run]\nname='r'\n[data]\nformat='hdf5'\ntrain='t.h5'\ntest='u.h5'", "x", {});
  EXPECT_EQ(config.data.train.path.text(), here_ + "/t.h5");
  EXPECT_EQ(config.data.test.path.text(), here_ + "/u.h5");
}

TEST_F(ConfigPathsTest, SaysWhyAFileCannotBeRead) {
  const auto about = [](const std::string& file) { return bad_input_of([&] { return read_config(file, {}); }); };
  EXPECT_THAT(about(path("none.toml")), AllOf(HasSubstr(path("none.toml")), HasSubstr("no such file")));
  EXPECT_THAT(about(path("configs")), AllOf(HasSubstr(path("configs")), HasSubstr("is a folder")));
  EXPECT_THAT(about(write("bad.toml", "[run]\nname = \n")), StartsWith(path("bad.toml") + ":2: "));
}

TEST(ConfigErrors, NameTheLineOfWhatIsNoToml) {
  EXPECT_THAT(refusal_of("[run]\nname = 'r'\nseed 3\n"), StartsWith("c.toml:3: "));
  EXPECT_THAT(refusal_of("[run]\nname = 'r'\nname = 's'\n"), StartsWith("c.toml:3: "));
}

TEST(ConfigErrors, NameTheNearestKnownKey) {
  const std::vector<std::pair<std::string, std::string>> nearest_of{
      {"[train]\nepoch = 3", "c.toml:7: train.epoch: there is no such key; the nearest is train.epochs"},
      {"[optimiser]\nlearning_rate = 3", "c.toml:7: optimiser.learning_rate: .* nearest is optimizer.learning_rate"},
      {"[optimizer]\nlr = { warmup = 3 }", "c.toml:7: optimizer.lr.warmup: there is no such key"},
      {"[model]\nlayer = [3]", "c.toml:7: model.layer: .* nearest is model.layers"},
      {"[[train]]\nepochs = 3", "c.toml:6: train: is a section: write .train., and its keys below it"},
      {"[trian]", "c.toml:6: trian: there is no such section"}};
  for (const auto& [text, message] : nearest_of)
    EXPECT_THAT(refusal_of(kLeast + text + "\n"), testing::ContainsRegex(message));
  for (const std::string& text : {"\"train.epochs\" = 3\n" + kLeast, kLeast + "[train]\n'epochs.epochs' = 3\n",
                                  kLeast + "[train]\nepochs = 3\n[\"train.x\"]\nepochs = 4\n"})
    EXPECT_THAT(refusal_of(text), HasSubstr("there is no such key; write keys without quotes"));
  EXPECT_EQ(read_config_text(kLeast + "[train]\n\"epochs\" = 3\n", "c.toml", {}).train.epochs, 3U);
  EXPECT_THAT(refusal_of("epochs = 3\n" + kLeast), StartsWith("c.toml:1: epochs: there is no such key"));
  EXPECT_THAT(message_about_set({"train.epoch=3"}), HasSubstr("nearest is train.epochs"));
}

TEST(ConfigErrors, NameTheLineOfAWrongType) {
  EXPECT_THAT(refusal_of(kLeast + "[train]\nepochs = 'three'\n"), "c.toml:7: train.epochs: must be a whole number");
  const std::vector<std::pair<std::string, std::string>> wanted_by{
      {"[data]\ntrain = 3", "a path in quotes, a list of them, or { images = "},
      {"[data]\ntrain.images = 3", "a path in quotes, or a list"},
      {"[data]\ntrain.labels = 3", "a path in quotes, or a list"},
      {"[data]\ntarget = 3.5", "a text in quotes, or a list of them"},
      {"[data]\nclasses = ['a', 3.5]", "a text in quotes, or a list of them"},
      {"[model]\nhidden = 3", "a list of whole numbers"},
      {"[run]\nname = 3", "a text in quotes"}};
  for (const auto& [text, wanted] : wanted_by) EXPECT_THAT(refusal_of(text), HasSubstr(wanted)) << text;
}

TEST(ConfigErrors, SayWhatTypeAKeyHas) {
  const std::vector<std::pair<std::string, std::string>> wanted_by{
      {"run.name={a=3}", "a text in quotes"},
      {"run.seed=1.0", "a whole number"},
      {"run.seed=[]", "a whole number"},
      {"data.format=2", "must be one of \"idx\", \"hdf5\", \"npy\", \"csv\""},
      {"data.format=xml", "must be one of \"idx\", \"hdf5\", \"npy\", \"csv\""},
      {"data.standardize=1", "true or false"},
      {"data.test_fraction=half", "a number"},
      {"model.init=xavier", "\"glorot\", \"he\", \"lecun\", \"pytorch\""},
      {"model.output_activation=RELU", "\"identity\", \"sigmoid\", \"tanh\", \"relu\", \"leaky_relu\""},
      {"model.hidden=['a']", "a whole number from 1 to"},
      {"model.layers=3", "[[model.layers]]"},
      {"model.layers=[3]", "[[model.layers]]"},
      {"train.loss=hinge", "\"cross_entropy\", \"binary_cross_entropy\", \"mse\""},
      {"train.class_weights=equal", "\"none\", \"balanced\", or the weights of classes"},
      {"train.class_weights={}", "\"none\", \"balanced\", or the weights of classes"},
      {"train.class_weights={a='b'}", "the weight of class 'a' must be a number from 0 on"},
      {"train.class_weights={a=-1}", "the weight of class 'a' must be a number from 0 on"},
      {"train.class_weights={a=inf}", "the weight of class 'a' must be a number from 0 on"},
      {"train.slices=all", "a whole number or \"world\""},
      {"train.slices=1.5", "a whole number or \"world\""},
      {"optimizer.name=adams", "\"sgd\", \"adam\", \"adamw\""},
      {"optimizer.learning_rate=true", "a number"},
      {"schedule.name=line", "\"constant\", \"step\", \"exponential\""}};
  for (const auto& [text, wanted] : wanted_by) EXPECT_THAT(message_about_set({text}), HasSubstr(wanted)) << text;
}

TEST(ConfigErrors, SayWhatLimitsAKeyHas) {
  const std::vector<std::pair<std::string, std::string>> limits_of{{"run.seed=-1", "at least 0"},
                                                                   {"data.test_fraction=-0.1", "between 0 and 1"},
                                                                   {"data.test_fraction=1.5", "between 0 and 1"},
                                                                   {"data.test_fraction=1", "less than 1"},
                                                                   {"data.validation_fraction=1", "less than 1"},
                                                                   {"model.hidden=[0]", "from 1 to 16777216"},
                                                                   {"model.leaky_slope=-0.1", "at least 0"},
                                                                   {"model.elu_alpha=-1", "at least 0"},
                                                                   {"model.hidden=[16777217]", "from 1 to 16777216"},
                                                                   {"train.label_smoothing=1.5", "between 0 and 1"},
                                                                   {"train.huber_delta=-1", "at least 0"},
                                                                   {"train.huber_delta=0", "more than 0"},
                                                                   {"train.quantile=1.5", "between 0 and 1"},
                                                                   {"train.quantile=1", "less than 1"},
                                                                   {"train.epochs=-1", "at least 0"},
                                                                   {"train.freeze=9", "must leave a layer to train"},
                                                                   {"train.global_batch=0", "at least 1"},
                                                                   {"train.slices=0", "at least 1"},
                                                                   {"optimizer.learning_rate=-0.1", "at least 0"},
                                                                   {"optimizer.learning_rate=nan", "finite"},
                                                                   {"optimizer.learning_rate=inf", "finite"},
                                                                   {"optimizer.momentum=1.1", "between 0 and 1"},
                                                                   {"optimizer.weight_decay=-1", "at least 0"},
                                                                   {"schedule.warmup_steps=-1", "at least 0"},
                                                                   {"schedule.every_epochs=0", "at least 1"},
                                                                   {"schedule.gamma=-1", "at least 0"},
                                                                   {"schedule.final_fraction=2", "between 0 and 1"},
                                                                   {"checkpoint.every_epochs=-1", "at least 0"},
                                                                   {"checkpoint.every_steps=-1", "at least 0"},
                                                                   {"checkpoint.keep=-1", "at least 0"},
                                                                   {"metrics.every_steps=-1", "at least 0"},
                                                                   {"metrics.ranks_every_steps=-1", "at least 0"}};
  for (const auto& [text, limits] : limits_of) EXPECT_THAT(message_about_set({text}), HasSubstr(limits)) << text;
}

TEST(ConfigErrors, AWholeNumberOfAnySizeMayStandForARealOne) {
  EXPECT_EQ(config_of({"optimizer.weight_decay=9007199254740993"}).optimizer.weight_decay, 9007199254740992.0);
}

TEST(ConfigErrors, NameTheLineInALayer) {
  const std::string layer = kLeast + "[[model.layers]]\nunits = 3\n";
  EXPECT_THAT(refusal_of(layer + "drop = 0.5\n"), AllOf(StartsWith("c.toml:8: "), HasSubstr("'drop'")));
  for (const char* wrong : {"1", "-0.1", "nan", "'half'"})
    EXPECT_THAT(refusal_of(layer + "dropout = " + wrong + "\n"), HasSubstr("from 0 to less than 1")) << wrong;
  EXPECT_THAT(refusal_of(layer + "activation = 'RELU'\n"), HasSubstr("must be one of \"identity\", "));
  EXPECT_THAT(refusal_of(layer + "[[model.layers]]\n"),
              AllOf(StartsWith("c.toml:8: "), HasSubstr("every layer needs units")));
  EXPECT_THAT(refusal_of(layer + "[[model.layers]]\nunits = -3\n"),
              AllOf(StartsWith("c.toml:9: "), HasSubstr("from 1 to 16777216")));
}

TEST(ConfigErrors, AskForKeysByName) {
  EXPECT_THAT(refusal_of(""), HasSubstr("run.name: is missing"));
  EXPECT_THAT(refusal_of("[run]\nname = 'r'\n"), HasSubstr("data.train: is missing"));
  EXPECT_THAT(refusal_of("[run]\nname='r'\n[data]\ntrain={images='i', labels='l'}\n"),
              HasSubstr("either data.test or a data.test_fraction"));
  EXPECT_THAT(refusal_of("[run]\nname='r'\n[data]\nformat='csv'\ntest='e'\ntrain='t'\ntarget='y'\nvalidation='v'\n"
                         "validation_fraction=0.5\n"),
              HasSubstr("either data.validation or data.validation_fraction, not both"));
  EXPECT_THAT(refusal_of("[run]\nname='r'\n[data]\ntest_fraction=0.5\ntrain={images='i'}\n"),
              AllOf(StartsWith("c.toml:5: data.train"), HasSubstr("labels = ")));
  EXPECT_THAT(refusal_of("[run]\nname='r'\n[data]\ntrain={images='i', labels='l'}\ntest='i'\n"),
              AllOf(StartsWith("c.toml:5: data.test"), HasSubstr("labels = ")));
  EXPECT_THAT(refusal_of(kLeast + "format = 'hdf5'\n"), AllOf(StartsWith("c.toml:4: data.train"), HasSubstr("only")));
  EXPECT_THAT(refusal_of("[run]\nname='r'\n[data]\ntest_fraction=0.5\ntrain='a.csv'\nformat='csv'\n"),
              HasSubstr("data.target: is missing"));
}

TEST(ConfigErrors, RefuseKeysThatContradictEachOther) {
  const std::vector<std::pair<Overrides, std::string>> contradictions{
      {{"data.test={images='i', labels='l'}"}, "either data.test or a data.test_fraction"},
      {{"data.test={labels='l'}"}, "IDX has two files"},
      {{"data.weights=w"}, "IDX files hold no weights"},
      {{"data.format=csv", "data.train=t", "data.target=y", "data.weights=y"}, "is a column of data.target, too"},
      {{"data.format=csv", "data.train=t", "data.target=y", "data.group=y"}, "is a column of data.target, too"},
      {{"data.format=hdf5", "data.train=t", "data.weights=targets"}, "is the array of data.names.targets, too"},
      {{"data.format=hdf5", "data.train=t", "data.names.labels=y", "data.group=y"}, "of data.names.labels, too"},
      {{"model.hidden=[3]", "model.layers=[{units=3}]"}, "either model.hidden, model.activation, model.dropout"},
      {{"model.activation=relu", "model.layers=[{units=3}]"}, "either model.hidden, model.activation, model.dropout"}};
  for (const auto& [overrides, message] : contradictions) EXPECT_THAT(message_about_set(overrides), HasSubstr(message));
}

TEST(ConfigErrors, RefuseNamesThatLeaveTheFolderOfRuns) {
  for (const std::string name : {"../r", "a/b", "/r", "..", ".r"})
    EXPECT_THAT(message_about_set({"run.name=" + name}), HasSubstr("folder below runs/"));
}

TEST(ConfigRead, ValuesByColumnAreSetOneByOne) {
  const std::string text = kLeast + "scale = 'standard'\n";
  const auto scale = [&](const std::vector<std::string>& overrides) {
    return read_config_text(text, "c.toml", overrides).data.scale.given;
  };
  const std::map<std::string, Scale> both = {{"*", kScale<StandardScale>}, {"age", kScale<LogScale>}};
  EXPECT_EQ(scale({"data.scale.age=log"}), both);
  EXPECT_EQ(scale({"data.scale={ 'a b' = 'log', age = 'none' }", "data.scale=none"}), (std::map<std::string, Scale>{}));
  EXPECT_EQ(scale({"data.scale={ 'a.b' = 'log' }"}).at("a.b"), kScale<LogScale>);
  EXPECT_EQ(scale({"data.scale=minmax", "data.standardize=false"}), ByColumn<Scale>(kScale<MinMaxScale>).given);
}

TEST(ConfigErrors, AShorthandMayNotContradictItsKey) {
  for (const auto& [scale, standardize] : {std::pair("log", "true"), {"none", "true"}, {"standard", "false"}}) {
    const std::string text = fmt::format("{}scale = '{}'\nstandardize = {}\n", kLeast, scale, standardize);
    EXPECT_THAT(refusal_of(text), HasSubstr("data.standardize: contradicts data.scale"));
  }
}

}  // namespace
}  // namespace lockstep
