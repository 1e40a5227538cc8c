// Every key of a configuration, once. The reader, the writer and the list of known keys visit this list.
#pragma once

#include <type_traits>

#include "config/choice_texts.hpp"
#include "config/choices.hpp"
#include "config/config.hpp"
#include "config/key.hpp"
#include "data/formats/list.hpp"
#include "data/mixup.hpp"
#include "data/scales/list.hpp"

namespace lockstep {

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
  v.number({"run.seed", "the seed of initial weights, the order of samples, dropout and splits"}, run.seed,
           at_least(0));
  v.number({"run.split_seed", "the seed of the test and validation splits alone: they stay while run.seed varies",
            kWithSplit, "run.seed"},
           run.split_seed, at_least(0));
  v.number_or_word(
      untouched({"run.time_limit",
                 "seconds until the job is killed, before which it stops by itself; \"slurm\" asks squeue; 0: none"}),
      run.time_limit, at_least(0), "slurm", kTimeLimitFromSlurm);
  v.number(untouched({"run.stop_after_steps",
                      "steps after which this start of the program stops, to be continued by another; 0: none"}),
           run.stop_after_steps, at_least(0));

  auto& data = config.data;
  v.choice({"data.format", "the format of the data files; gzip, zstd and xz are recognised by content"}, data.format,
           Formats::kNames);
  v.names(by_result({"data.names",
                     "the names of the arrays in HDF5 and .npz files: { features = \"x_train\", labels = \"y_train\" "
                     "}; likewise targets, class_names, feature_names, target_names",
                     kWithNames, "as these words"}),
          data.names);
  v.file(by_result({"data.train",
                    "the training data, in one file or several, one after the other, such as \"parts/*.csv\"; IDX: { "
                    "images = PATH, labels = PATH }; .npy: { features = PATH, labels = PATH }",
                    kAlways, "asked for"}),
         data.train);
  v.file(untouched({"data.test", "the test data; or give data.test_fraction", kAlways, "none"}), data.test);
  v.number({"data.test_fraction",
            "instead of data.test: the fraction of data.train that is held back at random, of each class alike"},
           data.test_fraction, Limits{0, 1});
  v.file(untouched({"data.validation", "the samples that choose the best epoch; or give data.validation_fraction",
                    kAlways, "none"}),
         data.validation);
  v.number({"data.validation_fraction",
            "instead of data.validation: the fraction of what data.test_fraction leaves, likewise"},
           data.validation_fraction, Limits{0, 1});
  v.choice(by_result({"data.separator", "CSV: what separates columns; \"auto\": as the first lines of a file show",
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
       "the column of a CSV table to learn, or a list of columns, by name or number, from 1; HDF5 and NumPy: fields of "
       "records",
       kWithTables, "asked for by CSV"},
      data.target);
  v.text({"data.weights",
          "the weights of samples, in losses and metrics: a column of a CSV table, an array of an HDF5 file",
          kWithoutIdx, "none"},
         data.weights);
  v.text({"data.group",
          "the group of each sample: a column of a CSV table, an array of an HDF5 file; a split keeps a group, such as "
          "the samples of one patient, on one side",
          kWithGroups, "none"},
         data.group);
  v.texts({"data.classes",
           "the names of the classes, in order; where the data number their classes, name k is that of label k, from 0",
           kAlways, "as found"},
          data.classes);
  v.by_column(
      {"data.missing",
       "gaps in a column: an error, filled with the training samples' mean or median or with 0, or \"drop\", which "
       "leaves their samples out, also for gaps in a target; by column: { age = \"median\", \"*\" = \"drop\" }"},
      data.gaps.missing, kMissing);
  v.flag({"data.missing_indicator",
          "whether each filled column with gaps in training gets a further input: 1 for a gap, else 0", kWithFills},
         data.gaps.indicator);
  v.texts({"data.missing_words", "words that mean a gap, beside empty, NA, NaN, null, ? and the like", kWithColumns},
          data.gaps.words);
  v.texts({"data.categorical",
           "columns of numbers that are categories; a column whose first value is a word is categorical without that",
           kWithColumns},
          data.words.categorical);
  v.number({"data.max_words", "the largest number of different words in a column; each is an input", kWithColumns},
           data.words.max_words, at_least(1));
  v.choice({"data.unseen",
            "what becomes of a word that the training data do not have: an error, or \"zero\", all inputs of its "
            "column are 0",
            kWithColumns},
           data.words.unseen, kUnseen);
  v.by_column(
      {"data.scale",
       "how features are scaled: \"standard\", to mean 0 and deviation 1; \"minmax\", to 0...1; \"quantile\", to a "
       "normal distribution by their order; \"log\", the sign with the logarithm of 1 + size, standardized; \"none\", "
       "bytes of images to 0...1, numbers as they are; by column: { age = \"log\", \"*\" = \"standard\" }"},
      data.scale, Scales::kNames);
  v.shorthand({"data.standardize", "data.scale = \"standard\""}, "data.scale", data.scale, kScale<StandardScale>);
  v.by_column({"data.scale_targets",
               "how the targets of a regression are scaled, likewise; predictions are scaled back", kWithTargets},
              data.scale_targets, Scales::kNames);
  v.shorthand({"data.standardize_targets", "data.scale_targets = \"standard\"", kWithTargets}, "data.scale_targets",
              data.scale_targets, kScale<StandardScale>);
  v.choice({"data.order",
            "how training samples are shuffled: \"global\", all of them, in memory; \"blocks\", read from disk in "
            "random blocks and shuffled in a window"},
           data.order, kDataOrders);
  v.number({"data.window", "\"blocks\": MiB for the windows of all slices and what is read ahead", kWithBlocks},
           data.window, Limits{1, kMostWindow});

  auto& augment = config.augment;
  v.number({"augment.flip", "the probability that a training image is mirrored left to right"}, augment.flip,
           Limits{0, 1});
  v.number({"augment.flip_vertical", "the probability that it is mirrored top to bottom"}, augment.flip_vertical,
           Limits{0, 1});
  v.number({"augment.shift", "the largest shift along rows and columns, in pixels"}, augment.shift, at_least(0));
  v.number({"augment.rotation", "the largest rotation, in degrees"}, augment.rotation, Limits{0, 180});
  v.number({"augment.scale", "the largest change of size, as a fraction"}, augment.scale, Limits{0, kMostScale});
  v.number({"augment.shear", "the largest shear, in degrees"}, augment.shear, Limits{0, kMostShear});
  v.number({"augment.elastic",
            "elastic distortion (Simard et al. 2003): how far each pixel is moved, in pixels, before these moves are "
            "smoothed; about 30 suits digits"},
           augment.elastic, at_least(0));
  v.number(
      {"augment.elastic_sigma", "the standard deviation of the Gaussian that smooths them, in pixels", kWithElastic},
      augment.elastic_sigma, Limits{kLeastSigma, kMostSigma});
  v.number({"augment.erase", "the probability that a random rectangle of a training image is erased"}, augment.erase,
           Limits{0, 1});
  v.number({"augment.erase_size", "its longest side, as a fraction of the image's", kWithErasing}, augment.erase_size,
           Limits{0, 1});

  v.number({"augment.mixup",
            "alpha of mixup (Zhang et al. 2018), for any data: each sample of a step is mixed with another, in shares "
            "drawn from Beta(alpha, alpha); 0: none"},
           augment.mixup, Limits{0, kMostMixup});

  auto& model = config.model;
  v.layers(
      {"model.hidden", "the units of each hidden layer; an empty list is a perceptron"},
      {"model.activation", "the activation of the hidden layers, as PyTorch defines it", kWithHiddenLayers},
      {"model.dropout", "the probability that a training step drops an output of a hidden layer", kWithHiddenLayers},
      {"model.normalization",
       "how the sums of hidden layers are normalized, before bias and activation: \"batch\", over the samples of a "
       "step; \"layer\", over the units",
       kWithHiddenLayers},
      {"model.layers",
       "instead of these: one table per hidden layer, [[model.layers]], with units, activation, dropout, "
       "normalization"},
      model);
  v.choice({"model.norm_over",
            "batch normalization: over the whole batch on all ranks, or over each slice alone, which costs no messages",
            kWithBatchNorm},
           model.norm.over, kNormOver);
  v.number({"model.norm_epsilon", "added to the variance", kWithNorm}, model.norm.epsilon, Limits{kLeastEpsilon, 1});
  v.number(
      {"model.norm_momentum", "the fraction of the running mean and variance that a step replaces", kWithBatchNorm},
      model.norm.momentum, Limits{0, 1});
  v.flag({"model.residual", "whether hidden layers as wide as the one before add its outputs to their own",
          kWithEqualLayers},
         model.residual);
  v.choice({"model.output_activation", "the activation of the output layer, with a loss that takes outputs as they are",
            kWithPlainOutputs},
           model.output_activation, Activations::kNames);
  v.number({"model.leaky_slope", "\"leaky_relu\": the slope below 0", kWithLeakyRelu}, model.activations.leaky_slope,
           at_least(0));
  v.number({"model.elu_alpha", "\"elu\": minus its limit far below 0", kWithElu}, model.activations.elu_alpha,
           at_least(0));
  v.choice({"model.init",
            "the scale of initial weights: the bound of uniform ones, see Initial weights in configs/README.md"},
           model.init, kInitialWeights);
  v.choice({"model.init_distribution",
            "the distribution of initial weights; \"normal\" has the variance of \"uniform\"", kWithRandomWeights},
           model.init_distribution, kInitDistributions);

  auto& train = config.train;
  v.choice({"train.loss",
            "\"cross_entropy\" with softmax, for classes; the others for targets, and for classes as one-hot: "
            "\"binary_cross_entropy\" with sigmoid, for targets from 0 to 1; \"poisson\" with exp, for counts"},
           train.loss.name, Losses::kNames);
  v.number({"train.label_smoothing", "\"cross_entropy\": the fraction of a label that is spread over all classes",
            kWithCrossEntropy},
           train.loss.label_smoothing, Limits{0, 1});
  v.number({"train.huber_delta", "\"huber\": the error beyond which it is linear", kWithHuber}, train.loss.huber_delta,
           at_least(0));
  v.number({"train.quantile", "\"quantile\": which one to learn", kWithQuantile}, train.loss.quantile, Limits{0, 1});
  v.class_weights({"train.class_weights",
                   "the weights of classes in the training loss; \"balanced\": each class weighs as much as any other"},
                  train.class_weights);
  v.number(by_result({"train.epochs", "passes over the training data"}), train.epochs, at_least(0));
  v.number({"train.global_batch", "samples of one step, over all ranks"}, train.global_batch, at_least(1));
  v.number_or_word(by_result({"train.slices",
                              "the parts of a mini-batch that are summed in a fixed tree, and so the most ranks that "
                              "can share it; \"world\": one per rank"}),
                   train.slices, at_least(1), "world", std::uint64_t{0});
  v.choice(
      by_result({"train.kernels",
                 "the kernels of matrix products; \"auto\": libxsmm where it runs (x86-64 with AVX2), else portable"}),
      train.kernels, kKernels);
  v.choice(
      {"train.precision",
       "the factors of matrix products; sums, parameters and all else are float32. \"bfloat16\": twice as fast where "
       "the processor has an instruction for it (AVX512_BF16), slower elsewhere; the bits are the same",
       kWithPairs},
      train.precision, kPrecisions);
  v.choice({"train.monitor", "the metric of the validation set that chooses the best epoch", kWithValidation},
           train.monitor, kMonitors.all);
  v.number({"train.patience", "early stopping: epochs without a gain of train.monitor that end the run; 0: never",
            kWithValidation},
           train.patience, at_least(0));
  v.number({"train.min_gain", "the least gain of train.monitor that counts: an epoch must gain more", kWithPatience},
           train.min_gain, at_least(0));
  v.number(
      untouched({"train.check_replicas_every", "steps between comparisons of the parameters of all ranks; 0: none"}),
      train.check_replicas_every, at_least(0));
  v.number(
      untouched({"train.watchdog_seconds", "seconds without progress of a rank after which the job ends; 0: it waits"}),
      train.watchdog_seconds, at_least(0));

  v.number(
      {"train.freeze",
       "the number of first layers that are not trained: they keep their initial weights, or those of --start-from"},
      train.freeze, at_least(0));
  v.number({"train.clip_norm", "the largest norm of the gradient, to which a larger one is scaled down; 0: no limit",
            kWithoutClipValue},
           train.clip_norm, at_least(0));
  v.number({"train.clip_value", "the largest absolute value of each element of the gradient; 0: no limit"},
           train.clip_value, at_least(0));

  v.choice({"train.average", "\"ema\": the model is a moving average of the parameters of all steps"}, train.average,
           kAverages);
  v.number({"train.average_decay", "the fraction of the average that a step keeps", kWithAverage}, train.average_decay,
           Limits{0, kBelowOne});

  auto& optimizer = config.optimizer;
  const auto with_defaults = [](Key key, double OptimizerOptions::*option) {
    key.other_defaults = other_defaults(option);
    return key;
  };
  v.choice({"optimizer.name", "as PyTorch defines it; \"lamb\" and \"lars\" as their papers do"}, optimizer.name,
           kOptimizers.all);
  if constexpr (!std::is_const_v<ConfigType>) optimizer = default_options(optimizer.name);
  v.number(with_defaults({"optimizer.learning_rate", "the learning rate, where no schedule lowers it"},
                         &OptimizerOptions::learning_rate),
           optimizer.learning_rate, at_least(0));
  v.number(with_defaults(
               {"optimizer.momentum", "the fraction of the last step that is taken again", kIfUsed<Option::momentum>},
               &OptimizerOptions::momentum),
           optimizer.momentum, Limits{0, 1});
  v.flag({"optimizer.nesterov", "Nesterov's form of momentum", kWithNesterov}, optimizer.nesterov);
  v.number({"optimizer.beta1", "the fraction of the mean of gradients that a step keeps", kIfUsed<Option::betas>},
           optimizer.beta1, Limits{0, kBelowOne});
  v.number(
      {"optimizer.beta2", "the fraction of the mean of squared gradients that a step keeps", kIfUsed<Option::betas>},
      optimizer.beta2, Limits{0, kBelowOne});
  v.number({"optimizer.rho", "the fraction of the mean of squared gradients that a step keeps", kIfUsed<Option::rho>},
           optimizer.rho, Limits{0, kBelowOne});
  v.number(
      with_defaults({"optimizer.epsilon", "added to the root by which a gradient is divided", kIfUsed<Option::epsilon>},
                    &OptimizerOptions::epsilon),
      optimizer.epsilon, Limits{kLeastEpsilon, 1});
  v.number({"optimizer.trust_coefficient",
            "\"lars\": the size of a step relative to the norm of a layer's parameters, at a learning rate of 1",
            kIfUsed<Option::trust_coefficient>},
           optimizer.trust_coefficient, at_least(0));
  v.number(with_defaults({"optimizer.weight_decay",
                          "times the parameters, added to their gradient; with \"adamw\" and \"lamb\" to the direction "
                          "of the step (decoupled)"},
                         &OptimizerOptions::weight_decay),
           optimizer.weight_decay, at_least(0));
  v.number({"optimizer.l1_penalty", "added to the gradient of a parameter, with the sign of the parameter"},
           optimizer.l1_penalty, at_least(0));
  v.flag({"optimizer.decay_biases", "whether weight_decay and l1_penalty apply to biases, too", kWithDecay},
         optimizer.decay_biases);

  auto& schedule = config.schedule;
  v.choice({"schedule.name", "how the learning rate changes"}, schedule.name, kSchedules.all);
  v.number(
      {"schedule.warmup_steps", "steps in which the rate rises to optimizer.learning_rate, before the schedule begins",
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
  v.number({"schedule.final_fraction", "the fraction of the rate that is left at the end",
            kIfScheduled<ScheduleOption::final_fraction>},
           schedule.final_fraction, Limits{0, 1});
  v.number({"schedule.power", "\"polynomial\": the exponent", kIfScheduled<ScheduleOption::power>}, schedule.power,
           Limits{1, 64});
  v.number({"schedule.period_factor", "\"cosine_restarts\": how many times longer each period is than the one before",
            kIfScheduled<ScheduleOption::period_factor>},
           schedule.period_factor, Limits{1, 1024});
  v.number({"schedule.start_fraction", "\"one_cycle\": the fraction of the rate with which it begins",
            kIfScheduled<ScheduleOption::cycle>},
           schedule.start_fraction, Limits{0, 1});
  v.number({"schedule.peak", "\"one_cycle\": the fraction of the steps after which it has the whole rate",
            kIfScheduled<ScheduleOption::cycle>},
           schedule.peak, Limits{0, kBelowOne});

  auto& checkpoint = config.checkpoint;
  v.number(untouched({"checkpoint.every_epochs", "epochs between checkpoints; 0: one at the end of the run alone"}),
           checkpoint.every_epochs, at_least(0));
  v.number(untouched({"checkpoint.every_steps", "steps between checkpoints within an epoch; 0: none"}),
           checkpoint.every_steps, at_least(0));
  v.number(untouched({"checkpoint.keep", "how many of the newest checkpoints are kept beside best.h5; 0: all"}),
           checkpoint.keep, at_least(0));

  auto& metrics = config.metrics;
  v.number(untouched({"metrics.every_steps", "steps between two rows of `steps`; 0: none"}), metrics.every_steps,
           at_least(0));
  v.number(untouched({"metrics.ranks_every_steps",
                      "steps between two rows of `ranks` of the same rank; 0: one row per epoch"}),
           metrics.ranks_every_steps, at_least(0));
  v.flag(untouched({"metrics.tensorboard", "whether event files for TensorBoard are written, too"}),
         metrics.tensorboard);
}

}  // namespace lockstep
