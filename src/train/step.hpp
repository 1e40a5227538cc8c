// One step of synchronous data-parallel training.
#pragma once

#include <cstdint>
#include <span>

#include "comm/reducer.hpp"
#include "config/config.hpp"
#include "data/batch.hpp"
#include "nn/model.hpp"
#include "train/state.hpp"
#include "train/watchdog.hpp"

namespace lockstep {

/// What a step found. Equal on every rank but for the times.
struct StepResult {
  bool stop = false;                // some rank wants to stop after this step
  double loss_sum = 0;              // over the samples of the global batch, before the update
  std::span<const float> gradient;  // the mean over them; valid until the next step
  double compute_seconds = 0;       // of this rank: gather, forward, backward, update
  double sum_seconds = 0;           // of this rank: exchanging gradients and waiting for others
};

/// Takes steps with one replica. All ranks call it with the same batch.
class TrainingStep {
 public:
  /// On samples of `dataset`.
  TrainingStep(const Communicator& comm, Watchdog& watchdog, const Config& config, const Model& model,
               const Dataset& dataset, const Scaling& features, const Scaling& targets);

  /// forward, loss, backward, sum over all ranks, update. `batch` are the samples of the global batch, and `stop` says
  /// that this rank wants to stop after the step. Throws Error on one rank, before the parameters change, when the
  /// gradient is not finite. Collective.
  StepResult take(TrainState& state, std::span<const std::uint32_t> batch, float rate, bool stop);

 private:
  /// Says which rank and which layer brought numbers that are not finite. Collective; does not return.
  [[noreturn]] void fail_not_finite(std::uint64_t step, std::span<const float> gradient, std::size_t rows);

  Communicator comm_;
  Watchdog* watchdog_;
  const Model* model_;
  std::uint64_t seed_;
  Loss loss_;
  std::size_t slices_;
  GradientReducer reducer_;
  std::size_t max_rows_;  // that this rank has of a batch
  BatchLoader loader_;
  Workspace workspace_;
};

}  // namespace lockstep
