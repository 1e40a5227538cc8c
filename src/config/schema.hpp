// Every key of a configuration, once. The reader, the writer and the list of known keys visit this list.
#pragma once

#include <iterator>
#include <limits>
#include <string_view>
#include <utility>

#include "config/config.hpp"
#include "config/effect.hpp"

namespace lockstep {

/// What another value of a key does to the bits of a run that goes on.
enum class Bits {
  by_value,   // it changes them: a resume compares the values
  by_result,  // it changes them by what it comes to, which a resume compares: rates, slices, kernels, samples
  untouched,  // it says how long this start runs, what it writes, and where
};

/// A key with what it means, in words for the reader of a manual, and when it has an effect. A new key changes the bits
/// unless it says not.
struct Key {
  const char* name;
  const char* meaning;
  Effect effect = kAlways;
  const char* fallback = "";  // what holds when the key is not given, where that is no value
  Bits bits = Bits::by_value;
};

constexpr Key by_result(Key key) {
  key.bits = Bits::by_result;
  return key;
}

constexpr Key untouched(Key key) {
  key.bits = Bits::untouched;
  return key;
}

/// False for a key that changes nothing in a configuration.
inline bool has_effect(const Key& key, const Config& config) {
  return key.effect.holds == nullptr || key.effect.holds(config);
}

/// The numbers that a key may have.
struct Limits {
  double least = std::numeric_limits<double>::lowest();
  double most = std::numeric_limits<double>::max();
};

inline Limits at_least(double least) {
  return {least, std::numeric_limits<double>::max()};
}

template <class Enum>
using Choice = std::pair<std::string_view, Enum>;

inline constexpr Choice<DataFormat> kFormats[] = {
    {"idx", DataFormat::idx}, {"csv", DataFormat::csv}, {"hdf5", DataFormat::hdf5}};
inline constexpr Choice<Activation> kActivations[] = {{"identity", Activation::identity},
                                                      {"sigmoid", Activation::sigmoid},
                                                      {"tanh", Activation::tanh},
                                                      {"relu", Activation::relu},
                                                      {"leaky_relu", Activation::leaky_relu}};
inline constexpr Choice<Loss> kLosses[] = {{"cross_entropy", Loss::cross_entropy}, {"mse", Loss::mse}};
inline constexpr Choice<ScheduleName> kSchedules[] = {
    {"constant", ScheduleName::constant}, {"step", ScheduleName::step}, {"cosine", ScheduleName::cosine}};

inline constexpr Choice<Kernels> kKernels[] = {{"auto", Kernels::automatic},
                                               {"libxsmm", Kernels::libxsmm},
                                               {"portable", Kernels::portable},
                                               {"openblas", Kernels::openblas}};

/// The names of metrics, as the table of metrics has them.
struct MetricChoices {
  Choice<Metric> choices[std::size(kMetrics)];
};
constexpr MetricChoices metric_choices() {
  MetricChoices names{};
  for (std::size_t m = 0; m < std::size(kMetrics); ++m) names.choices[m] = {kMetrics[m].name, kMetrics[m].metric};
  return names;
}
inline constexpr MetricChoices kMonitors = metric_choices();

enum class OptimizerName { sgd };
inline constexpr Choice<OptimizerName> kOptimizers[] = {{"sgd", OptimizerName::sgd}};

/// Calls the visitor for each key in order:
///     text(key, string), texts(key, strings), flag(key, bool), number(key, integer or real, limits)
///     choice(key, enum, choices), file(key, DataFile), layers(hidden, activation, dropout, layers: keys, model
///     options) number_or_word(key, integer, limits, word, integer for which the word stands)
/// `config` is a Config, const for a visitor that only reads it.
template <class Visitor, class ConfigType>
void visit_keys(Visitor& v, ConfigType& config) {
  auto& run = config.run;
  v.text(untouched({"run.name", "the run's folder is runs/NAME", kAlways, "asked for"}), run.name);
  v.number({"run.seed", "of initial weights, order of samples, dropout and splits"}, run.seed, at_least(0));
  v.number({"run.split_seed", "of the test split and the validation split alone: they stay while run.seed varies",
            kWithSplit, "run.seed"},
           run.split_seed, at_least(0));
  v.number_or_word(
      untouched({"run.time_limit",
                 "seconds after which the job will be killed: it stops by itself before; \"slurm\" asks squeue; "
                 "0: none"}),
      run.time_limit, at_least(0), "slurm", kTimeLimitFromSlurm);
  v.number(untouched({"run.stop_after_steps",
                      "steps after which this start of the program stops, to go on another time; 0: it does not"}),
           run.stop_after_steps, at_least(0));

  auto& data = config.data;
  v.choice({"data.format", "of the data files; gzip is told by content"}, data.format, kFormats);
  v.file(by_result({"data.train", "the training data", kAlways, "asked for"}), data.train);
  v.file(untouched({"data.test", "the test data; or give data.test_fraction", kAlways, "none"}), data.test);
  v.number({"data.test_fraction", "instead of data.test: a random part of data.train"}, data.test_fraction,
           Limits{0, 1});
  v.file(untouched(
             {"data.validation", "samples that choose the best epoch; or data.validation_fraction", kAlways, "none"}),
         data.validation);
  v.number(
      {"data.validation_fraction",
       "instead of data.validation: a random part of data.train, after data.test_fraction, of each class its share"},
      data.validation_fraction, Limits{0, 1});
  v.texts({"data.target", "CSV: the column to learn, or a list of columns", kWithTables, "asked for by CSV"},
          data.target);
  v.texts({"data.classes", "names of the classes, in order", kAlways, "as found"}, data.classes);
  v.flag({"data.standardize", "features to mean 0 and deviation 1 (otherwise: bytes to 0...1, numbers as they are)"},
         data.standardize);
  v.flag({"data.standardize_targets", "the same for the targets of a regression; predictions are scaled back",
          kWithTargets},
         data.standardize_targets);

  auto& model = config.model;
  v.layers({"model.hidden", "units of the hidden layers; none is a perceptron"},
           {"model.activation", "of the hidden layers", kWithHiddenLayers},
           {"model.dropout", "the part of each hidden layer's outputs that a training step leaves out, at random",
            kWithHiddenLayers},
           {"model.layers", "instead of the three: units, activation and dropout, one table a hidden layer"}, model);
  v.choice({"model.output_activation", "of the output layer, with \"mse\"", kWithoutSoftmax}, model.output_activation,
           kActivations);
  v.choice({"model.init", "the bound of the uniform initial weights"}, model.init, kInitialWeights);

  auto& train = config.train;
  v.choice(
      {"train.loss", "\"cross_entropy\" with softmax, for classes; \"mse\" for targets, and for classes as one-hot"},
      train.loss, kLosses);
  v.number(by_result({"train.epochs", "passes over the training data"}), train.epochs, at_least(0));
  v.number({"train.global_batch", "samples of one step over all ranks"}, train.global_batch, at_least(1));
  v.number_or_word(
      by_result({"train.slices", "parts of a step's batch, the most ranks that can share it; \"world\": one per rank"}),
      train.slices, at_least(1), "world", std::uint64_t{0});
  v.choice(by_result({"train.kernels", "of matrix products; \"auto\": libxsmm where it runs, else portable"}),
           train.kernels, kKernels);
  v.choice({"train.monitor", "what of the validation set chooses the best epoch", kWithValidation}, train.monitor,
           kMonitors.choices);
  v.number({"train.patience", "epochs without a gain of train.monitor that end the run; 0: it goes to its end",
            kWithValidation},
           train.patience, at_least(0));
  v.number({"train.min_gain", "of train.monitor, by no more than which an epoch has not gained", kWithPatience},
           train.min_gain, at_least(0));
  v.number(untouched({"train.check_replicas_every", "steps between comparisons of all ranks' parameters; 0: none"}),
           train.check_replicas_every, at_least(0));
  v.number(untouched({"train.watchdog_seconds", "without progress of a rank that end the job; 0: it waits"}),
           train.watchdog_seconds, at_least(0));

  auto& sgd = config.optimizer;
  OptimizerName optimizer = OptimizerName::sgd;
  v.choice({"optimizer.name", "stochastic gradient descent, as PyTorch defines it"}, optimizer, kOptimizers);
  v.number({"optimizer.learning_rate", "of a step, where no schedule lowers it"}, sgd.learning_rate, at_least(0));
  v.number({"optimizer.momentum", "the part of the last step that is taken again"}, sgd.momentum, Limits{0, 1});
  v.flag({"optimizer.nesterov", "Nesterov's form of momentum", kWithMomentum}, sgd.nesterov);
  v.number({"optimizer.weight_decay", "the part of the parameters that is added to their gradient"}, sgd.weight_decay,
           at_least(0));

  auto& schedule = config.schedule;
  v.choice({"schedule.name", "how the learning rate falls"}, schedule.name, kSchedules);
  v.number({"schedule.warmup_steps", "steps in which the rate rises to optimizer.learning_rate"}, schedule.warmup_steps,
           at_least(0));
  v.number({"schedule.every_epochs", "\"step\": epochs after which the rate is multiplied by gamma", kWithSteps},
           schedule.every_epochs, at_least(1));
  v.number({"schedule.gamma", "\"step\": the factor", kWithSteps}, schedule.gamma, at_least(0));
  v.number({"schedule.final_fraction", "\"cosine\": the part of the rate that is left at the end", kWithCosine},
           schedule.final_fraction, Limits{0, 1});

  auto& checkpoint = config.checkpoint;
  v.number(untouched({"checkpoint.every_epochs", "epochs between checkpoints; 0: none, but at the end of the run"}),
           checkpoint.every_epochs, at_least(0));
  v.number(untouched({"checkpoint.every_steps", "steps between checkpoints within an epoch; 0: none"}),
           checkpoint.every_steps, at_least(0));
  v.number(untouched({"checkpoint.keep", "the newest checkpoints that are kept beside best.h5; 0: all"}),
           checkpoint.keep, at_least(0));

  auto& metrics = config.metrics;
  v.number(untouched({"metrics.every_steps", "steps between two rows of steps; 0: none"}), metrics.every_steps,
           at_least(0));
  v.number(untouched({"metrics.ranks_every_steps",
                      "steps between two rows of ranks for the same rank; 0: a row at the end of an epoch"}),
           metrics.ranks_every_steps, at_least(0));
}

}  // namespace lockstep
