// What a trained model may be measured on: samples that it was not trained on.
#pragma once

#include <string>
#include <vector>

#include "base/in_order.hpp"
#include "checkpoint/checkpoint.hpp"
#include "config/config.hpp"
#include "data/dataset.hpp"

namespace lockstep {

/// The configuration in a checkpoint with `overrides` ("KEY=VALUE"): where its data lie, a test set of its own, and the
/// kernels. A test set that is given takes the place of a part of the training data. Bad input, with the reason, for
/// keys that would make another split, another model or another measure, or change nothing.
Config evaluation_config(const CheckpointInfo& checkpoint, const std::vector<std::string>& overrides);

/// Reads the test set of such a configuration, with the features and classes of the checkpoint. Bad input when it is a
/// part of training data that are no longer those of the checkpoint. Its notes say when it is not what it was, or holds
/// the training data. `helpers` read along.
Dataset read_test_set(const CheckpointInfo& checkpoint, const Config& config, const Helpers& helpers = {});

}  // namespace lockstep
