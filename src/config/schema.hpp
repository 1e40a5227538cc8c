// Every key of a configuration, once. The reader, the writer and the list of known keys visit this list.
#pragma once

#include <type_traits>

#include "config/choice_texts.hpp"
#include "config/choices.hpp"
#include "config/config.hpp"
#include "config/effect.hpp"
#include "data/formats/list.hpp"
#include "data/mixup.hpp"
#include "data/scales/list.hpp"

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
  const char* fallback = "";        // what holds when the key is not given, where that is no value
  const char* other_defaults = "";  // where the default is another: "adam 0.001"
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

/// Calls the visitor for each key in order:
///     text(key, string), texts(key, strings), flag(key, bool), number(key, integer or real, limits)
///     choice(key, enum, choices), file(key, DataFile), names(key, ArrayNames), class_weights(key, ClassWeights),
///     layers(hidden, activation, dropout, normalization, layers: keys, model options) number_or_word(key, integer,
///     limits, word, integer for which the word stands) by_column(key, ByColumn<enum>, choices), shorthand(flag: key,
///     name of a key by column, ByColumn<enum>, the value of all columns that the flag stands for)
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
  v.choice({"data.format", "of the data files; gzip, zstd and xz are told by content"}, data.format, Formats::kNames);
  v.names(
      by_result(
          {"data.names",
           "what the arrays of files are called: { features = \"x_train\", labels = \"y_train\" }; likewise targets, "
           "class_names, feature_names, target_names",
           kWithNames, "as these words"}),
      data.names);
  v.file(by_result({"data.train",
                    "the training data, such as \"parts/*.csv\"; IDX: { images = PATH, labels = PATH }; .npy: { "
                    "features = PATH, labels = "
                    "PATH }",
                    kAlways, "asked for"}),
         data.train);
  v.file(untouched({"data.test", "the test data; or give data.test_fraction", kAlways, "none"}), data.test);
  v.number({"data.test_fraction", "instead of data.test: a random part of data.train, of each class its share"},
           data.test_fraction, Limits{0, 1});
  v.file(untouched(
             {"data.validation", "samples that choose the best epoch; or data.validation_fraction", kAlways, "none"}),
         data.validation);
  v.number({"data.validation_fraction", "instead of data.validation: the same of what data.test_fraction leaves"},
           data.validation_fraction, Limits{0, 1});
  v.choice(by_result({"data.separator", "CSV: what separates columns; \"auto\": as the first lines of a file tell",
                      kWithCsv}),
           data.dialect.separator, kSeparators);
  v.choice(by_result({"data.header", "CSV: whether the first line holds the names of the columns", kWithCsv}),
           data.dialect.header, kHeaderLines);
  v.choice(by_result({"data.decimal", "CSV: the decimal mark of numbers", kWithCsv}), data.dialect.decimal, kDecimals);
  v.text(by_result({"data.comment", "CSV: how lines of comment begin, such as \"#\"; empty: there are none", kWithCsv}),
         data.dialect.comment);
  v.texts(by_result({"data.columns", "CSV: names of the columns, where files have none", kWithCsv, "column_1 ..."}),
          data.columns);
  v.texts(by_result({"data.features",
                     "the columns of a table to learn from, by name, number or pattern, such as \"pixel_*\"", kAlways,
                     "all but data.target"}),
          data.features);
  v.texts(by_result({"data.ignore", "columns of a table that are no features, written as data.features is"}),
          data.ignore);
  v.texts(
      {"data.target",
       "the column of a CSV table to learn, or a list of columns, by name or number, from 1; HDF5: fields of records",
       kWithTables, "asked for by CSV"},
      data.target);
  v.text({"data.weights", "of samples, in losses and metrics: a column of CSV tables, an array of HDF5 files",
          kWithoutIdx, "none"},
         data.weights);
  v.text(
      {"data.group",
       "a column of CSV tables, an array of HDF5 files: samples in which it is the same, such as those of one patient, "
       "fall on one side of a split",
       kWithGroups, "none"},
      data.group);
  v.texts({"data.classes", "names of the classes, in order", kAlways, "as found"}, data.classes);
  v.by_column(
      {"data.missing",
       "gaps in a column: an error, filled with the training samples' mean or median or with 0, or \"drop\", which "
       "leaves their samples out, also for gaps in a target; by column: { age = \"median\", \"*\" = \"drop\" }"},
      data.gaps.missing, kMissing);
  v.flag(
      {"data.missing_indicator", "a filled column that has gaps in training gets an input that tells them", kWithFills},
      data.gaps.indicator);
  v.texts({"data.missing_words", "words that mean a gap, beside empty, NA, NaN, null, ? and the like", kWithColumns},
          data.gaps.words);
  v.texts({"data.categorical", "columns whose numbers are words; those that begin with a word are told by that",
           kWithColumns},
          data.words.categorical);
  v.number({"data.max_words", "the most different words of a column, each of which is an input", kWithColumns},
           data.words.max_words, at_least(1));
  v.choice(
      {"data.unseen", "a word that the training data have not is an error, or \"zero\": all inputs of its column are 0",
       kWithColumns},
      data.words.unseen, kUnseen);
  v.by_column({"data.scale",
               "features: \"standard\", to mean 0 and deviation 1; \"minmax\", to 0...1; \"quantile\", to a normal "
               "distribution by "
               "their order; \"log\", the sign with the logarithm of 1 + size, standardized; \"none\", bytes of images "
               "to 0...1, "
               "numbers as they are; by column: { age = \"log\", \"*\" = \"standard\" }"},
              data.scale, Scales::kNames);
  v.shorthand({"data.standardize", "data.scale = \"standard\""}, "data.scale", data.scale, kScale<StandardScale>);
  v.by_column(
      {"data.scale_targets", "the same for the targets of a regression; predictions are scaled back", kWithTargets},
      data.scale_targets, Scales::kNames);
  v.shorthand({"data.standardize_targets", "data.scale_targets = \"standard\"", kWithTargets}, "data.scale_targets",
              data.scale_targets, kScale<StandardScale>);
  v.choice({"data.order",
            "of the training samples: \"global\", any after any, in memory; \"blocks\", read from disk in "
            "blocks at random, shuffled in a window"},
           data.order, kDataOrders);
  v.number({"data.window", "of \"blocks\": MiB for the windows of all slices and what is read ahead", kWithBlocks},
           data.window, Limits{1, kMostWindow});

  auto& augment = config.augment;
  v.number({"augment.flip", "images in training: the probability that left and right are exchanged"}, augment.flip,
           Limits{0, 1});
  v.number({"augment.flip_vertical", "the probability that top and bottom are"}, augment.flip_vertical, Limits{0, 1});
  v.number({"augment.shift", "the most pixels by which an image is moved along rows and columns"}, augment.shift,
           at_least(0));
  v.number({"augment.rotation", "the most degrees by which it is turned"}, augment.rotation, Limits{0, 180});
  v.number({"augment.scale", "the largest part by which it becomes larger or smaller"}, augment.scale,
           Limits{0, kMostScale});
  v.number({"augment.shear", "the most degrees by which its columns slant"}, augment.shear, Limits{0, kMostShear});
  v.number(
      {"augment.elastic", "pixels by which each is moved, before the moves are smoothed: about 30 distorts digits"},
      augment.elastic, at_least(0));
  v.number({"augment.elastic_sigma", "pixels, the deviation of the Gaussian that smooths them", kWithElastic},
           augment.elastic_sigma, Limits{kLeastSigma, kMostSigma});
  v.number({"augment.erase", "the probability that a rectangle of an image is erased"}, augment.erase, Limits{0, 1});
  v.number({"augment.erase_size", "its longest side, as a part of the image's", kWithErasing}, augment.erase_size,
           Limits{0, 1});

  v.number({"augment.mixup",
            "alpha of mixup, for any data: each sample of a step is mixed with another, in shares from Beta(alpha, "
            "alpha); 0: none"},
           augment.mixup, Limits{0, kMostMixup});

  auto& model = config.model;
  v.layers({"model.hidden", "units of the hidden layers; none is a perceptron"},
           {"model.activation", "of the hidden layers", kWithHiddenLayers},
           {"model.dropout", "the part of each hidden layer's outputs that a training step leaves out, at random",
            kWithHiddenLayers},
           {"model.normalization",
            "of the hidden layers' sums: \"batch\", over the samples of a step, or \"layer\", over the units",
            kWithHiddenLayers},
           {"model.layers", "instead of these: units, activation, dropout, normalization, one table a hidden layer"},
           model);
  v.choice({"model.norm_over", "the samples of batch normalization: of the whole batch, or of each slice alone",
            kWithBatchNorm},
           model.norm.over, kNormOver);
  v.number({"model.norm_epsilon", "is added to the variance", kWithNorm}, model.norm.epsilon, Limits{kLeastEpsilon, 1});
  v.number({"model.norm_momentum", "the part of the running mean and variance that a step replaces", kWithBatchNorm},
           model.norm.momentum, Limits{0, 1});
  v.flag({"model.residual", "hidden layers as wide as the one before add its outputs to their own", kWithEqualLayers},
         model.residual);
  v.choice(
      {"model.output_activation", "of the output layer, with a loss that takes outputs as they are", kWithPlainOutputs},
      model.output_activation, Activations::kNames);
  v.number({"model.leaky_slope", "\"leaky_relu\": the slope below 0", kWithLeakyRelu}, model.activations.leaky_slope,
           at_least(0));
  v.number({"model.elu_alpha", "\"elu\": what it tends to far below 0, negated", kWithElu}, model.activations.elu_alpha,
           at_least(0));
  v.choice({"model.init", "how far initial weights reach"}, model.init, kInitialWeights);
  v.choice(
      {"model.init_distribution", "of initial weights; \"normal\" has the variance of \"uniform\"", kWithRandomWeights},
      model.init_distribution, kInitDistributions);

  auto& train = config.train;
  v.choice({"train.loss",
            "\"cross_entropy\" with softmax, for classes; the others for targets, and for classes as one-hot: "
            "\"binary_cross_entropy\" with sigmoid, for targets from 0 to 1; \"poisson\" with exp, for counts"},
           train.loss.name, Losses::kNames);
  v.number({"train.label_smoothing",
            "of the loss \"cross_entropy\": the part of a label that is spread over all classes", kWithCrossEntropy},
           train.loss.label_smoothing, Limits{0, 1});
  v.number({"train.huber_delta", "of the loss \"huber\": the difference from which on it is linear", kWithHuber},
           train.loss.huber_delta, at_least(0));
  v.number({"train.quantile", "of the loss \"quantile\": which one to learn", kWithQuantile}, train.loss.quantile,
           Limits{0, 1});
  v.class_weights({"train.class_weights", "in the training loss; \"balanced\": each class weighs as much as any other"},
                  train.class_weights);
  v.number(by_result({"train.epochs", "passes over the training data"}), train.epochs, at_least(0));
  v.number({"train.global_batch", "samples of one step over all ranks"}, train.global_batch, at_least(1));
  v.number_or_word(
      by_result({"train.slices", "parts of a step's batch, the most ranks that can share it; \"world\": one per rank"}),
      train.slices, at_least(1), "world", std::uint64_t{0});
  v.choice(by_result({"train.kernels", "of matrix products; \"auto\": libxsmm where it runs, else portable"}),
           train.kernels, kKernels);
  v.choice({"train.monitor", "what of the validation set chooses the best epoch", kWithValidation}, train.monitor,
           kMonitors.all);
  v.number({"train.patience", "epochs without a gain of train.monitor that end the run; 0: it goes to its end",
            kWithValidation},
           train.patience, at_least(0));
  v.number({"train.min_gain", "of train.monitor, by no more than which an epoch has not gained", kWithPatience},
           train.min_gain, at_least(0));
  v.number(untouched({"train.check_replicas_every", "steps between comparisons of all ranks' parameters; 0: none"}),
           train.check_replicas_every, at_least(0));
  v.number(untouched({"train.watchdog_seconds", "without progress of a rank that end the job; 0: it waits"}),
           train.watchdog_seconds, at_least(0));

  v.number({"train.freeze", "the first layers that stay as they are, as begun with or by --start-from"}, train.freeze,
           at_least(0));
  v.number({"train.clip_norm", "the most that the norm of the gradient may be, to which it is scaled down; 0: any",
            kWithoutClipValue},
           train.clip_norm, at_least(0));
  v.number({"train.clip_value", "the same for the size of each of its elements; 0: any"}, train.clip_value,
           at_least(0));

  v.choice({"train.average", "\"ema\": the model is a moving average of the parameters of all steps"}, train.average,
           kAverages);
  v.number({"train.average_decay", "the part of the average that is kept in a step", kWithAverage}, train.average_decay,
           Limits{0, kBelowOne});

  auto& optimizer = config.optimizer;
  const auto with_defaults = [](Key key, double OptimizerOptions::*option) {
    key.other_defaults = other_defaults(option);
    return key;
  };
  v.choice({"optimizer.name", "as PyTorch defines it; \"lamb\" and \"lars\" as their papers do"}, optimizer.name,
           kOptimizers.all);
  if constexpr (!std::is_const_v<ConfigType>) optimizer = default_options(optimizer.name);
  v.number(with_defaults({"optimizer.learning_rate", "of a step, where no schedule lowers it"},
                         &OptimizerOptions::learning_rate),
           optimizer.learning_rate, at_least(0));
  v.number(
      with_defaults({"optimizer.momentum", "the part of the last step that is taken again", kIfUsed<Option::momentum>},
                    &OptimizerOptions::momentum),
      optimizer.momentum, Limits{0, 1});
  v.flag({"optimizer.nesterov", "Nesterov's form of momentum", kWithNesterov}, optimizer.nesterov);
  v.number({"optimizer.beta1", "the part of the gradients' mean that is kept in a step", kIfUsed<Option::betas>},
           optimizer.beta1, Limits{0, kBelowOne});
  v.number({"optimizer.beta2", "the part of the gradients' mean square that is kept", kIfUsed<Option::betas>},
           optimizer.beta2, Limits{0, kBelowOne});
  v.number({"optimizer.rho", "the part of the gradients' mean square that is kept", kIfUsed<Option::rho>},
           optimizer.rho, Limits{0, kBelowOne});
  v.number(with_defaults(
               {"optimizer.epsilon", "is added to the root by which a gradient is divided", kIfUsed<Option::epsilon>},
               &OptimizerOptions::epsilon),
           optimizer.epsilon, Limits{kLeastEpsilon, 1});
  v.number({"optimizer.trust_coefficient", "the part of a layer's norm that a step changes, at a learning rate of 1",
            kIfUsed<Option::trust_coefficient>},
           optimizer.trust_coefficient, at_least(0));
  v.number(
      with_defaults({"optimizer.weight_decay",
                     "the part of the parameters that is added to their gradient, or \"adamw\" and \"lamb\": to the "
                     "direction of their step"},
                    &OptimizerOptions::weight_decay),
      optimizer.weight_decay, at_least(0));
  v.number({"optimizer.l1_penalty", "is added to the gradient of a parameter, with the parameter's sign"},
           optimizer.l1_penalty, at_least(0));
  v.flag({"optimizer.decay_biases", "whether weight_decay and l1_penalty are for biases, too", kWithDecay},
         optimizer.decay_biases);

  auto& schedule = config.schedule;
  v.choice({"schedule.name", "how the learning rate changes"}, schedule.name, kSchedules.all);
  v.number({"schedule.warmup_steps", "steps in which the rate rises to optimizer.learning_rate",
            kIfScheduled<ScheduleOption::warmup>},
           schedule.warmup_steps, at_least(0));
  v.number({"schedule.every_epochs",
            "\"step\": epochs after which the rate is multiplied by gamma; \"plateau\": epochs without a gain of the "
            "validation set; \"cosine_restarts\": epochs of the first period",
            kIfScheduled<ScheduleOption::every_epochs>},
           schedule.every_epochs, at_least(1));
  v.number({"schedule.gamma", "\"step\", \"plateau\": the factor; \"exponential\": the factor of each epoch",
            kIfScheduled<ScheduleOption::gamma>},
           schedule.gamma, at_least(0));
  v.number({"schedule.final_fraction", "the part of the rate that is left at the end",
            kIfScheduled<ScheduleOption::final_fraction>},
           schedule.final_fraction, Limits{0, 1});
  v.number({"schedule.power", "\"polynomial\": the exponent", kIfScheduled<ScheduleOption::power>}, schedule.power,
           Limits{1, 64});
  v.number({"schedule.period_factor", "\"cosine_restarts\": how many times longer each period is than the one before",
            kIfScheduled<ScheduleOption::period_factor>},
           schedule.period_factor, Limits{1, 1024});
  v.number({"schedule.start_fraction", "\"one_cycle\": the part of the rate with which it begins",
            kIfScheduled<ScheduleOption::cycle>},
           schedule.start_fraction, Limits{0, 1});
  v.number({"schedule.peak", "\"one_cycle\": the part of the steps after which it has the whole rate",
            kIfScheduled<ScheduleOption::cycle>},
           schedule.peak, Limits{0, kBelowOne});

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
  v.number(untouched({"metrics.ranks_every_steps", "steps between two rows of ranks for a rank; 0: an epoch"}),
           metrics.ranks_every_steps, at_least(0));
  v.flag(untouched({"metrics.tensorboard", "write event files for TensorBoard, too"}), metrics.tensorboard);
}

}  // namespace lockstep
