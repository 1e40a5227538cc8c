// When keys have an effect. One that has none in a configuration is an error there: its author meant something else.
#pragma once

#include <algorithm>

#include "config/choice_texts.hpp"
#include "config/config.hpp"
#include "data/dataset.hpp"
#include "nn/loss.hpp"

namespace lockstep {

/// A condition on the rest of a configuration, without which a key has no effect.
struct Effect {
  bool (*holds)(const Config&);
  const char* otherwise;  // why there is none, and what to do
};

inline constexpr Effect kAlways{nullptr, ""};
inline constexpr Effect kWithSplit{
    [](const Config& c) { return c.data.test_fraction > 0 || c.data.validation_fraction > 0; },
    "there is a split only with data.test_fraction or data.validation_fraction; leave the key out"};
inline constexpr Effect kWithGroups{
    [](const Config& c) { return c.data.format != DataFormat::idx && kWithSplit.holds(c); },
    "it keeps samples together in a split of a CSV or HDF5 file, and there is one only with data.test_fraction or "
    "data.validation_fraction; leave the key out"};
inline constexpr Effect kWithValidation{[](const Config& c) { return c.data.has_validation(); },
                                        "the best epoch is chosen by validation samples, and there are none; give "
                                        "data.validation_fraction, such as 0.1, or "
                                        "data.validation, or leave the key out"};
inline constexpr Effect kWithPatience{
    [](const Config& c) {
      return c.train.patience > 0 || traits_of(c.schedule.name).uses.has(ScheduleOption::validation);
    },
    "it says which gains end the patience of train.patience, which is 0, or of schedule.name = \"plateau\"; give one "
    "of them, or leave the key out"};
inline constexpr Effect kWithTables{
    [](const Config& c) { return c.data.format != DataFormat::idx; },
    "it names columns of CSV tables, and fields of records in HDF5 and NumPy files; IDX has labels or targets in files "
    "of their own; leave the key out"};
inline constexpr Effect kWithoutIdx{[](const Config& c) { return c.data.format != DataFormat::idx; },
                                    "IDX files hold no weights; leave the key out, give train.class_weights, or keep "
                                    "images, labels and weights in an HDF5 or .npz file"};
inline constexpr Effect kWithBlocks{[](const Config& c) { return c.data.order == DataOrder::blocks; },
                                    "it belongs to data.order = \"blocks\"; give that, or leave the key out"};
inline constexpr Effect kWithCsv{[](const Config& c) { return c.data.format == DataFormat::csv; },
                                 "it says how CSV tables are written; give data.format = \"csv\", or leave the key "
                                 "out"};
inline constexpr Effect kWithColumns{[](const Config& c) { return c.data.format != DataFormat::idx; },
                                     "IDX files hold numbers, and no words; leave the key out"};
inline constexpr Effect kWithNames{
    [](const Config& c) { return c.data.format == DataFormat::hdf5 || c.data.format == DataFormat::npy; },
    "HDF5 and NumPy files hold arrays with names; give data.format = \"hdf5\" or \"npy\", or leave the key out"};
inline constexpr Effect kWithFills{[](const Config& c) { return c.data.gaps.fill_some(); },
                                   "it tells the gaps that data.missing fills, and it fills none; give data.missing = "
                                   "\"median\", or leave the key out"};
inline constexpr Effect kWithTargets{
    [](const Config& c) {
      return !takes_labels(c.train.loss.name) && scales_targets(c.train.loss.name) && c.data.classes.empty() &&
             c.data.train.labels.empty();
    },
    "it is for regression on any numbers, and here train.loss is \"cross_entropy\", or one whose targets have bounds, "
    "such as \"poisson\", data.classes is given, or data.train has labels; leave the key out, or learn numbers with "
    "train.loss = \"mse\""};
inline constexpr Effect kWithHiddenLayers{
    [](const Config& c) { return !c.model.hidden.empty(); },
    "it belongs to hidden layers, and there are none; give model.hidden, such as [64, 32], or leave the key out"};
template <Option Used>
inline const Effect kIfUsed{[](const Config& c) { return traits_of(c.optimizer.name).uses.has(Used); },
                            only_with(Used)};
inline constexpr Effect kWithNesterov{
    [](const Config& c) { return traits_of(c.optimizer.name).uses.has(Option::nesterov) && c.optimizer.momentum > 0; },
    "it needs optimizer.name = \"sgd\" and optimizer.momentum above 0, such as 0.9; give those, or leave the key out"};
inline constexpr Effect kWithDecay{
    [](const Config& c) { return c.optimizer.weight_decay > 0 || c.optimizer.l1_penalty > 0; },
    "it needs optimizer.weight_decay or optimizer.l1_penalty above 0; give one, or leave the key out"};
/// True when a layer has this normalization.
inline bool uses(const Config& config, Normalization normalization) {
  return std::ranges::count(config.model.hidden, normalization, &LayerOptions::normalization) > 0;
}

inline constexpr Effect kWithBatchNorm{
    [](const Config& c) { return uses(c, Normalization::batch); },
    "no layer has batch normalization; give model.normalization = \"batch\", or leave the key out"};
inline constexpr Effect kWithNorm{
    [](const Config& c) { return uses(c, Normalization::batch) || uses(c, Normalization::layer); },
    "no layer is normalized; give model.normalization = \"batch\" or \"layer\", or leave the key out"};
inline constexpr Effect kWithEqualLayers{
    [](const Config& c) {
      return std::ranges::adjacent_find(c.model.hidden, {}, &LayerOptions::units) != c.model.hidden.end();
    },
    "no hidden layer is as wide as the one before it; give model.hidden, such as [64, 64], or leave the key out"};

inline constexpr Effect kWithElastic{[](const Config& c) { return c.augment.elastic > 0; },
                                     "it needs augment.elastic above 0; give that, or leave the key out"};
inline constexpr Effect kWithErasing{[](const Config& c) { return c.augment.erase > 0; },
                                     "it needs augment.erase above 0; give that, or leave the key out"};
inline constexpr Effect kWithPairs{[](const Config& c) { return c.train.kernels != Kernels::openblas; },
                                   "train.kernels = \"openblas\" multiplies float32; leave one of the two keys out"};
inline constexpr Effect kWithAverage{[](const Config& c) { return c.train.average != Average::none; },
                                     "it needs train.average = \"ema\"; give that, or leave the key out"};
inline constexpr Effect kWithoutClipValue{
    [](const Config& c) { return c.train.clip_value == 0; },
    "train.clip_value is given, and a gradient is clipped by its norm or by its values; leave one of the two out"};
template <ScheduleOption Used>
inline const Effect kIfScheduled{[](const Config& c) { return traits_of(c.schedule.name).uses.has(Used); },
                                 only_with(Used)};
inline constexpr Effect kWithPlainOutputs{
    [](const Config& c) { return !changes_outputs(c.train.loss.name); },
    "train.loss applies a function of its own to the outputs, as \"cross_entropy\" does softmax; leave the key out"};
inline constexpr Effect kWithCrossEntropy{
    [](const Config& c) { return c.train.loss.name == kLoss<CrossEntropy>; },
    "it belongs to train.loss = \"cross_entropy\"; give that, or leave the key out"};
inline constexpr Effect kWithHuber{[](const Config& c) { return c.train.loss.name == kLoss<Huber>; },
                                   "it belongs to train.loss = \"huber\"; give that, or leave the key out"};
inline constexpr Effect kWithQuantile{[](const Config& c) { return c.train.loss.name == kLoss<Quantile>; },
                                      "it belongs to train.loss = \"quantile\"; give that, or leave the key out"};

/// True when a layer has this activation.
inline bool uses(const Config& config, Activation activation) {
  return config.model.output_activation == activation ||
         std::ranges::count(config.model.hidden, activation, &LayerOptions::activation) > 0;
}

inline constexpr Effect kWithLeakyRelu{
    [](const Config& c) { return uses(c, kActivation<LeakyRelu>); },
    "no layer has the activation \"leaky_relu\"; give one that, or leave the key out"};
inline constexpr Effect kWithElu{[](const Config& c) { return uses(c, kActivation<Elu>); },
                                 "no layer has the activation \"elu\"; give one that, or leave the key out"};

inline constexpr Effect kWithRandomWeights{[](const Config& c) { return c.model.init.numerator > 0; },
                                           "all initial weights are 0 with model.init = \"zeros\"; leave the key out"};

/// Bad input for keys without effect on this data: those of a regression for classes, a metric of the other task, and a
/// warm-up that does not end within the `total_steps` of training. A training of no steps at all may have any.
void check_with_data(const Config& config, Task task, std::uint64_t total_steps);

}  // namespace lockstep
