// A whole configuration: what the floors below want to know, and the sections that concern the run itself.
#pragma once

#include <cstdint>
#include <limits>
#include <string>

#include "checkpoint/options.hpp"
#include "data/options.hpp"
#include "metrics/options.hpp"
#include "nn/options.hpp"
#include "optim/options.hpp"
#include "scores/metric.hpp"
#include "tensor/layer_products.hpp"

namespace lockstep {

/// As RunOptions::time_limit: SLURM is asked how long the job may run.
inline constexpr std::uint64_t kTimeLimitFromSlurm = std::numeric_limits<std::uint64_t>::max();

/// The section [run].
struct RunOptions {
  std::string name;  // of its folder below runs/
  std::uint64_t seed = 1;
  std::uint64_t split_seed = 1;        // of the split of the samples; read_config(): seed unless given
  std::uint64_t time_limit = 0;        // seconds after which the job will be killed; 0: none
  std::uint64_t stop_after_steps = 0;  // of this start of the program; 0: do not stop

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& name& seed& split_seed& time_limit& stop_after_steps;
  }
};

/// Of which parameters the model is made.
enum class Average { none, ema };

/// The section [train].
struct TrainOptions {
  LossOptions loss;
  ClassWeights class_weights;
  std::uint64_t epochs = 10;
  std::uint64_t global_batch = 128;  // samples of one step, over all ranks
  std::uint64_t slices = 8;          // of a step's batch; 0 ("world"): one per rank
  std::uint64_t freeze = 0;          // the first layers, which stay as they are
  double clip_norm = 0;              // the largest norm of the gradient; 0: any
  double clip_value = 0;             // the largest size of its elements; 0: any
  Average average = Average::none;   // ema: a moving average of the parameters of all steps
  double average_decay = 0.999;      // the part of it that is kept in a step
  Kernels kernels = Kernels::automatic;
  Precision precision = Precision::float32;

  Metric monitor = Metric::loss;  // of the validation set, by which the best epoch is chosen
  std::uint64_t patience = 0;     // epochs without a gain after which the run ends; 0: it does not
  double min_gain = 0;            // what the monitored value has to gain more than

  std::uint64_t check_replicas_every = 100;  // steps between comparisons of all replicas; 0: never
  std::uint64_t watchdog_seconds = 300;      // without progress, after which the job ends; 0: it waits for ever

  /// The slices of a step on `ranks` ranks.
  [[nodiscard]] std::size_t slices_on(int ranks) const {
    return slices == 0 ? static_cast<std::size_t>(ranks) : slices;
  }

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& loss& class_weights& epochs& global_batch& slices& freeze& clip_norm& clip_value& average& average_decay&
        kernels& precision;
    archive& monitor& patience& min_gain& check_replicas_every& watchdog_seconds;
  }
};

struct Config {
  RunOptions run;
  DataOptions data;
  AugmentOptions augment;
  ModelOptions model;
  TrainOptions train;
  OptimizerOptions optimizer;
  ScheduleOptions schedule;
  CheckpointOptions checkpoint;
  MetricsOptions metrics;

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& run& data& augment& model& train& optimizer& schedule& checkpoint& metrics;
  }
};

}  // namespace lockstep
