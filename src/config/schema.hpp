// Every key of a configuration, once. The reader, the writer and the list of known keys visit this list.
#pragma once

#include <limits>
#include <string_view>
#include <utility>

#include "config/config.hpp"

namespace lockstep {

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

inline constexpr Choice<Kernels> kKernels[] = {
    {"auto", Kernels::automatic}, {"libxsmm", Kernels::libxsmm}, {"openblas", Kernels::openblas}};

enum class OptimizerName { sgd };
inline constexpr Choice<OptimizerName> kOptimizers[] = {{"sgd", OptimizerName::sgd}};

/// Calls the visitor for each key in order:
///     text(key, string), texts(key, strings), flag(key, bool), number(key, integer or real, limits)
///     choice(key, enum, choices), file(key, DataFile), layers(model options)
///     number_or_word(key, integer, limits, word, integer for which the word stands)
/// `config` is a Config, const for a visitor that only reads it.
template <class Visitor, class ConfigType>
void visit_keys(Visitor& v, ConfigType& config) {
  v.text("run.name", config.run.name);
  v.number("run.seed", config.run.seed, at_least(0));
  v.number_or_word("run.time_limit", config.run.time_limit, at_least(0), "slurm", kTimeLimitFromSlurm);
  v.number("run.stop_after_steps", config.run.stop_after_steps, at_least(0));

  v.choice("data.format", config.data.format, kFormats);
  v.file("data.train", config.data.train);
  v.file("data.test", config.data.test);
  v.number("data.test_fraction", config.data.test_fraction, Limits{0, 1});
  v.texts("data.target", config.data.target);
  v.texts("data.classes", config.data.classes);
  v.flag("data.standardize", config.data.standardize);
  v.flag("data.standardize_targets", config.data.standardize_targets);

  v.choice("model.output_activation", config.model.output_activation, kActivations);
  v.layers(config.model);

  v.choice("train.loss", config.train.loss, kLosses);
  v.number("train.epochs", config.train.epochs, at_least(0));
  v.number("train.global_batch", config.train.global_batch, at_least(1));
  v.number_or_word("train.slices", config.train.slices, at_least(1), "world", std::uint64_t{0});
  v.choice("train.kernels", config.train.kernels, kKernels);
  v.number("train.check_replicas_every", config.train.check_replicas_every, at_least(0));
  v.number("train.watchdog_seconds", config.train.watchdog_seconds, at_least(0));

  OptimizerName optimizer = OptimizerName::sgd;
  v.choice("optimizer.name", optimizer, kOptimizers);
  v.number("optimizer.learning_rate", config.optimizer.learning_rate, at_least(0));
  v.number("optimizer.momentum", config.optimizer.momentum, Limits{0, 1});
  v.flag("optimizer.nesterov", config.optimizer.nesterov);
  v.number("optimizer.weight_decay", config.optimizer.weight_decay, at_least(0));

  v.choice("schedule.name", config.schedule.name, kSchedules);
  v.number("schedule.warmup_steps", config.schedule.warmup_steps, at_least(0));
  v.number("schedule.every_epochs", config.schedule.every_epochs, at_least(1));
  v.number("schedule.gamma", config.schedule.gamma, at_least(0));
  v.number("schedule.final_fraction", config.schedule.final_fraction, Limits{0, 1});

  v.number("checkpoint.every_epochs", config.checkpoint.every_epochs, at_least(0));
  v.number("checkpoint.every_steps", config.checkpoint.every_steps, at_least(0));
  v.number("checkpoint.keep", config.checkpoint.keep, at_least(0));

  v.number("metrics.every_steps", config.metrics.every_steps, at_least(0));
  v.number("metrics.ranks_every_steps", config.metrics.ranks_every_steps, at_least(0));
}

}  // namespace lockstep
