// Wrong keys and values: what other libraries call them, where they stand elsewhere, and slips of the pen.
#include "config/suggest.hpp"

#include <algorithm>
#include <set>
#include <sstream>

#include "config/keys.hpp"
#include "config/read.hpp"
#include "config/synonyms.hpp"
#include "data_files.hpp"

namespace lockstep {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const std::string kTable =
    "run.name = 'r'\ndata.format = 'csv'\ndata.train = '/t.csv'\ndata.target = 'y'\ndata.test_fraction = 0.5\n";

/// What is said of a file with one more line.
std::string message_about(const std::string& line) {
  std::string message = bad_input_of([&] { return read_config_text(line + "\n" + kTable, "c.toml", {}); });
  EXPECT_THAT(message, StartsWith("c.toml:1: "));
  return message;
}

TEST(Suggest, HelpsWithKeysOfOtherLibraries) {
  // Wrong keys as people write them, and what the message must name.
  const std::vector<std::pair<std::string, std::string>> help_for{
      {"optimizer.lr", "write optimizer.learning_rate"},
      {"train.lr", "write optimizer.learning_rate"},
      {"lr", "write optimizer.learning_rate"},
      {"train.learning_rate", "write optimizer.learning_rate"},
      {"learning_rate", "write optimizer.learning_rate"},
      {"optimizer.learning_rate_init", "write optimizer.learning_rate"},
      {"optimizer.learningRate", "the nearest is optimizer.learning_rate"},
      {"optimizer.learning-rate", "the nearest is optimizer.learning_rate"},
      {"optimizer.learnig_rate", "the nearest is optimizer.learning_rate"},
      {"optimizer.eta0", "write optimizer.learning_rate"},
      {"train.batch_size", "write train.global_batch"},
      {"data.batch_size", "write train.global_batch"},
      {"train.batchSize", "write train.global_batch"},
      {"global_batch", "write train.global_batch"},
      {"train.batch", "write train.global_batch"},
      {"optimizer.l2", "write optimizer.weight_decay"},
      {"model.alpha", "write optimizer.weight_decay"},
      {"train.weight_decay", "write optimizer.weight_decay"},
      {"optimizer.decay", "write schedule.gamma"},
      {"optimizer.nesterovs_momentum", "write optimizer.nesterov"},
      {"train.early_stopping", "write train.patience"},
      {"train.min_delta", "write train.min_gain"},
      {"train.n_iter_no_change", "write train.patience"},
      {"model.hidden_layer_sizes", "write model.hidden"},
      {"model.hidden_units", "write model.hidden"},
      {"data.trian", "the nearest is data.train"},
      {"train.ecophs", "the nearest is train.epochs"},
      {"model.hiden", "the nearest is model.hidden"},
      {"hidden", "write model.hidden"},
      {"model.num_layers", "write model.hidden"},
      {"train.max_iter", "write train.epochs"},
      {"train.n_epochs", "write train.epochs"},
      {"train.num_epochs", "write train.epochs"},
      {"train.epoch", "the nearest is train.epochs"},
      {"epochs", "write train.epochs"},
      {"run.epochs", "write train.epochs"},
      {"train.max_steps", "write train.epochs"},
      {"optimizer", "is a section: write optimizer.name"},
      {"model", "is a section: write [model]"},
      {"train.optimizer", "write optimizer.name"},
      {"train.solver", "write optimizer.name"},
      {"run.random_state", "write run.seed"},
      {"seed", "write run.seed"},
      {"data.random_state", "write run.seed"},
      {"data.shuffle", "always shuffled"},
      {"data.validation_split", "write data.validation_fraction"},
      {"data.val_file", "write data.validation"},
      {"data.test_size", "write data.test_fraction"},
      {"data.test_fracton", "the nearest is data.test_fraction"},
      {"model.dropout_rate", "write model.dropout"},
      {"train.dropout", "write model.dropout"},
      {"train.loss_function", "write train.loss"},
      {"model.loss", "write train.loss"},
      {"model.kernel_initializer", "write model.init"},
      {"train.weight_init", "write model.init"},
      {"train.criterion", "write train.loss"},
      {"model.activation_function", "write model.activation"},
      {"activation", "write model.activation"},
      {"train.momentum", "write optimizer.momentum"},
      {"momentum", "write optimizer.momentum"},
      {"optimizer.beta_1", "optimizer.beta1"},
      {"optimizer.betas", "write optimizer.beta1, and optimizer.beta2"},
      {"optimizer.eps", "write optimizer.epsilon"},
      {"train.max_grad_norm", "write train.clip_norm"},
      {"optimizer.gradient_clipping", "write train.clip_norm"},
      {"optimizer.scheduler", "write schedule.name"},
      {"train.lr_scheduler", "write schedule.name"},
      {"train.schedule", "write schedule.name"},
      {"schedule.step_size", "write schedule.every_epochs"},
      {"schedule.T_max", "until the end of training"},
      {"schedule.eta_min", "write schedule.final_fraction"},
      {"schedule.warmup", "write schedule.warmup_steps"},
      {"schedule.warmup_epochs", "write schedule.warmup_steps"},
      {"warmup_steps", "write schedule.warmup_steps"},
      {"data.normalize", "write data.standardize"},
      {"data.label", "write data.target"},
      {"data.labels", "write data.target"},
      {"data.test.image", "the nearest is data.test.images"},
      {"target", "write data.target"},
      {"data.class_names", "write data.classes"},
      {"data.num_classes", "counted in the data"},
      {"data.train_file", "write data.train"},
      {"data.feature_columns", "write data.features"},
      {"data.drop_columns", "write data.ignore"},
      {"data.sep", "write data.separator"},
      {"model.batch_norm", "write model.normalization, whose value is \"batch\""},
      {"train.class_weight", "train.class_weights"},
      {"train.sample_weight", "data.weights"},
      {"train.device", "on processors"},
      {"train.num_workers", "mpirun -n"},
      {"train.n_jobs", "mpirun -n"},
      {"checkpoint.save_every", "write checkpoint.every_epochs"},
      {"checkpoint.save_best_only", "best.h5 is always kept"},
      {"every_steps", "write checkpoint.every_steps or metrics.every_steps"},
      {"metrics.log_interval", "write metrics.every_steps"},
      {"run.output_dir", "--run-dir"},
      {"optimiser.momentum", "the nearest is optimizer.momentum"},
      {"training.epochs", "epochs"},
      {"name", "run.name"}};
  EXPECT_GE(help_for.size(), 60U);
  for (const auto& [key, help] : help_for)
    EXPECT_THAT(message_about(key + " = 3"), AllOf(HasSubstr(": " + key + ": "), HasSubstr(help)));
}

TEST(Suggest, NamesNothingWhereNothingIsNear) {
  for (const char* key : {"train.colour", "zzz", "model.x1", "run.banana", "train.xyz"})
    EXPECT_THAT(message_about(std::string(key) + " = 3"),
                AllOf(HasSubstr("there is no such key; `lockstep keys` lists"), Not(HasSubstr("nearest"))));
}

TEST(Suggest, HelpsWithValues) {
  const std::vector<std::pair<std::string, std::string>> help_for{
      {"optimizer.name = 'SGD'", "write \"sgd\""},
      {"optimizer.name = 'AdamW'", "write \"adamw\""},
      {"optimizer.name = 'Lion'", "\"adamw\" is the nearest"},
      {"train.loss = 'nll'", "write \"cross_entropy\""},
      {"train.loss = 'categorical_crossentropy'", "write \"cross_entropy\""},
      {"train.loss = 'CrossEntropyLoss'", "write \"cross_entropy\""},
      {"train.loss = 'cross-entropy'", "write \"cross_entropy\""},
      {"train.loss = 'crossentropy'", "write \"cross_entropy\""},
      {"train.loss = 'bce'", "write \"binary_cross_entropy\""},
      {"train.loss = 'l1'", "write \"mae\""},
      {"train.loss = 'MAE'", "write \"mae\""},
      {"train.loss = 'MSELoss'", "write \"mse\""},
      {"train.loss = 'MSE'", "write \"mse\""},
      {"train.loss = 'smooth_l1'", "write \"huber\""},
      {"model.activation = 'ReLU'", "write \"relu\""},
      {"model.activation = 'swish'", "write \"silu\""},
      {"model.activation = 'GELU'", "write \"gelu\""},
      {"model.activation = 'linear'", "write \"identity\""},
      {"model.activation = 'LeakyReLU'", "write \"leaky_relu\""},
      {"model.activation = 'logistic'", "write \"sigmoid\""},
      {"model.activation = 'tahn'", "the nearest is \"tanh\""},
      {"model.output_activation = 'softmax'", "applies softmax to the outputs by itself"},
      {"model.layers = [{units = 3, activation = 'Tanh'}]", "write \"tanh\""},
      {"model.init = 'xavier'", "write \"glorot\""},
      {"model.init = 'kaiming_uniform'", "write \"he\""},
      {"model.init = 'glorot_normal'", "write \"glorot\", with model.init_distribution = \"normal\""},
      {"schedule.name = 'StepLR'", "schedule.every_epochs"},
      {"schedule.name = 'CosineAnnealingLR'", "write \"cosine\""},
      {"schedule.name = 'OneCycleLR'", "write \"one_cycle\""},
      {"schedule.name = 'ReduceLROnPlateau'", "write \"plateau\""},
      {"train.kernels = 'mkl'", "write \"openblas\""}};
  for (const auto& [line, help] : help_for)
    EXPECT_THAT(message_about(line), AllOf(HasSubstr("must be "), HasSubstr(help))) << line;
  EXPECT_THAT(advice_on_value("data.format", "h5", {"idx", "csv", "hdf5"}), HasSubstr("write \"hdf5\""));
  EXPECT_THAT(advice_on_value("data.format", "parquet", {"idx", "csv", "hdf5"}), HasSubstr("cannot be read"));
  EXPECT_EQ(advice_on_value("data.format", "banana", {"idx", "csv", "hdf5"}), "");
}

TEST(Suggest, EverySynonymIsOfAKeyThatThereIsAndNoneIsAKey) {
  const std::vector<KeyInfo> keys = config_keys();
  for (const KeySynonyms& row : key_synonyms()) {
    if (row.key.empty())
      EXPECT_FALSE(row.remark.empty()) << row.words;
    else
      EXPECT_TRUE(std::ranges::count(keys, row.key, &KeyInfo::name)) << row.key;
  }
  // A word in two rows would be explained by the first alone.
  std::string words;
  for (const KeySynonyms& row : key_synonyms()) words += std::string(row.words) + ' ';
  std::istringstream stream(words);
  std::set<std::string> seen;
  for (std::string word; stream >> word;) {
    EXPECT_TRUE(seen.insert(word).second) << word;
    for (const KeyInfo& key : keys) EXPECT_NE(key.name.substr(key.name.find('.') + 1), word);
  }
}

}  // namespace
}  // namespace lockstep
