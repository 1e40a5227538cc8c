// What a trained model may be measured on: samples that it was not trained on.
#pragma once

#include <string>
#include <vector>

#include "base/in_order.hpp"
#include "checkpoint/checkpoint.hpp"
#include "config/config.hpp"
#include "data/dataset.hpp"

namespace lockstep {

/// What a trained network is put to.
enum class NetworkUse { evaluation, prediction };

/// The configuration in a checkpoint with `overrides` ("KEY=VALUE"): the kernels and the precision of products, and for
/// an evaluation where its data lie, or a test set of its own. A test set that is given takes the place of a part of
/// the training data. Bad input, with the reason, for keys that would make another split, another model or another
/// measure, or change nothing.
Config config_for(NetworkUse use, const CheckpointInfo& checkpoint, const std::vector<std::string>& overrides);

/// Reads the test set of such a configuration, with the features and classes of the checkpoint. Bad input when it is a
/// part of training data that are no longer those of the checkpoint. Its notes say when it is not what it was, or holds
/// the training data. `helpers` read along.
Dataset read_test_set(const CheckpointInfo& checkpoint, const Config& config, const Helpers& helpers = {});

}  // namespace lockstep
