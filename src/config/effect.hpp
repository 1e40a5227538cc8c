// When keys have an effect. One that has none in a configuration is an error there: its author meant something else.
#pragma once

#include "config/config.hpp"
#include "data/dataset.hpp"

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
inline constexpr Effect kWithValidation{[](const Config& c) { return c.data.has_validation(); },
                                        "the best epoch is chosen by validation samples, and there are none; give "
                                        "data.validation_fraction, such as 0.1, or "
                                        "data.validation, or leave the key out"};
inline constexpr Effect kWithPatience{
    [](const Config& c) { return c.train.patience > 0; },
    "it says which gains end the patience of train.patience, which is 0; give that, or leave the key out"};
inline constexpr Effect kWithTables{
    [](const Config& c) { return c.data.format == DataFormat::csv; },
    "it names columns of CSV tables; IDX and HDF5 files hold their labels or targets themselves; leave the key out"};
inline constexpr Effect kWithTargets{
    [](const Config& c) {
      return c.train.loss != Loss::cross_entropy && c.data.classes.empty() && c.data.format != DataFormat::idx;
    },
    "it is for regression, and this is a classification: train.loss is \"cross_entropy\", data.classes is given, or "
    "data.format is \"idx\"; leave the key out, or learn numbers with train.loss = \"mse\""};
inline constexpr Effect kWithHiddenLayers{
    [](const Config& c) { return !c.model.hidden.empty(); },
    "it belongs to hidden layers, and there are none; give model.hidden, such as [64, 32], or leave the key out"};
inline constexpr Effect kWithoutSoftmax{[](const Config& c) { return c.train.loss != Loss::cross_entropy; },
                                        "train.loss = \"cross_entropy\" applies softmax itself; leave the key out"};
inline constexpr Effect kWithMomentum{
    [](const Config& c) { return c.optimizer.momentum > 0; },
    "it needs optimizer.momentum above 0, such as 0.9; give that, or leave the key out"};
inline constexpr Effect kWithSteps{[](const Config& c) { return c.schedule.name == ScheduleName::step; },
                                   "it belongs to schedule.name = \"step\"; give that, or leave the key out"};
inline constexpr Effect kWithCosine{[](const Config& c) { return c.schedule.name == ScheduleName::cosine; },
                                    "it belongs to schedule.name = \"cosine\"; give that, or leave the key out"};

/// Bad input for keys without effect on this data: those of a regression for classes, a metric of the other task, and a
/// warm-up that does not end within the `total_steps` of training. A training of no steps at all may have any.
void check_with_data(const Config& config, Task task, std::uint64_t total_steps);

}  // namespace lockstep
