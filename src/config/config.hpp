// A whole configuration: what the floors below want to know, and the sections that concern the run itself.
#pragma once

#include <cstdint>
#include <string>

#include "checkpoint/options.hpp"
#include "data/options.hpp"
#include "metrics/options.hpp"
#include "nn/options.hpp"
#include "optim/options.hpp"

namespace lockstep {

/// The section [run].
struct RunOptions {
  std::string name;  // of its folder below runs/
  std::uint64_t seed = 1;

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& name& seed;
  }
};

/// The section [train].
struct TrainOptions {
  Loss loss = Loss::cross_entropy;
  std::uint64_t epochs = 10;
  std::uint64_t global_batch = 128;  // samples of one step, over all ranks
  std::uint64_t slices = 8;          // of a step's batch; 0 ("world"): one a rank

  /// The slices of a step on `ranks` ranks.
  [[nodiscard]] std::size_t slices_on(int ranks) const {
    return slices == 0 ? static_cast<std::size_t>(ranks) : slices;
  }

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& loss& epochs& global_batch& slices;
  }
};

struct Config {
  RunOptions run;
  DataOptions data;
  ModelOptions model;
  TrainOptions train;
  SgdOptions optimizer;
  ScheduleOptions schedule;
  CheckpointOptions checkpoint;
  MetricsOptions metrics;

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& run& data& model& train& optimizer& schedule& checkpoint& metrics;
  }
};

}  // namespace lockstep
