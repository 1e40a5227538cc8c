// The data of a run, in memory once a host.
#pragma once

#include <functional>
#include <optional>

#include "checkpoint/checkpoint.hpp"
#include "comm/communicator.hpp"
#include "config/config.hpp"
#include "data/load.hpp"
#include "data/prepared.hpp"
#include "train/resume.hpp"

namespace lockstep {

/// A data set that one rank of each host reads by calling `load`, shared with the host's other ranks. Bad input when it
/// cannot be read, or when a host has another data set than rank 0's. Collective.
PreparedDataset load_on_every_host(const Communicator& world, const DataTransform& transform,
                                   const std::function<Dataset()>& load);

struct RunData {
  PreparedDataset train;
  PreparedDataset test;
  std::optional<PreparedDataset> validation;

  /// What is measured after each epoch.
  [[nodiscard]] const PreparedDataset& watched() const { return validation ? *validation : test; }
};

/// The same for the training, test and validation set of a configuration. A run that goes on after a checkpoint, which
/// rank 0 has, must have its data, and keeps its transform; one that begins with the weights of another takes its
/// features and their scaling; else that is fitted to the training set.
RunData load_on_every_host(const Communicator& world, const Config& config, const ResumePoint& resume);

}  // namespace lockstep
