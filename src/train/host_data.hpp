// The data of a run: in memory once per host, or on disk, where each rank reads its part.
#pragma once

#include <memory>
#include <optional>

#include "checkpoint/checkpoint.hpp"
#include "comm/communicator.hpp"
#include "config/config.hpp"
#include "data/prepared.hpp"
#include "data/sampler.hpp"
#include "train/resume.hpp"

namespace lockstep {

struct RunData {
  PreparedDataset train;
  PreparedDataset test;
  std::optional<PreparedDataset> validation;
  std::unique_ptr<Sampler> sampler;  // of the training samples

  /// What is measured after each epoch.
  [[nodiscard]] const PreparedDataset& watched() const { return validation ? *validation : test; }
};

/// The training, test and validation set of a configuration. A run that goes on after a checkpoint, which
/// rank 0 has, must have its data, and keeps its transform; one that begins with the weights of another takes its
/// features and their scaling; else that is fitted to the training set. Bad input when
/// data cannot be read, or when a host has other data than rank 0's. Collective.
RunData load_on_every_host(const Communicator& world, const Config& config, const ResumePoint& resume);

}  // namespace lockstep
