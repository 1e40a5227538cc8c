// One step of synchronous data-parallel training.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/profile.hpp"
#include "comm/reducer.hpp"
#include "config/config.hpp"
#include "nn/model.hpp"
#include "train/local_gradient.hpp"
#include "train/parameter_update.hpp"
#include "train/state.hpp"
#include "train/watchdog.hpp"

namespace lockstep {

/// What a step found. Equal on every rank.
struct StepResult {
  bool stop = false;         // some rank wants to stop after this step
  double loss_sum = 0;       // over the samples of the global batch, before the update
  double gradient_norm = 0;  // of the mean over them, where it was asked for
};

/// Takes steps with one replica. All ranks call it with the same batch.
class TrainingStep {
 public:
  /// On samples of `dataset`. `host` are the ranks that share the state's memory. Collective.
  TrainingStep(const Communicator& comm, const Communicator& host, Watchdog& watchdog, Profile& profile,
               const Config& config, const Model& model, const PreparedDataset& dataset);

  /// How many slices of a batch this rank works on.
  [[nodiscard]] std::size_t slices() const { return reducer_.owned().size(); }

  /// forward, loss, backward, sum over all ranks, update. `batch` are the samples of the global batch, and `stop` says
  /// that this rank wants to stop after the step; `norm` asks for the gradient's norm, on every rank. Throws Error on
  /// one rank, before the parameters change, when the gradient is not finite. Collective.
  StepResult take(TrainState& state, std::span<const std::uint32_t> batch, float rate, bool stop, bool norm);

 private:
  /// This rank's slices of a batch.
  const OwnedSlices& cut(std::size_t batch);

  /// Says which rank and which layer brought numbers that are not finite. Collective; does not return.
  [[noreturn]] void fail_not_finite(std::uint64_t step);

  Communicator comm_;
  Watchdog* watchdog_;
  Profile* profile_;
  const Model* model_;
  std::string remedy_;  // against numbers that are not finite
  std::size_t slices_;
  GradientReducer reducer_;
  LocalGradient gradient_;
  ParameterUpdate update_;
  OwnedSlices owned_slices_;  // of a batch of this size
  std::size_t cut_batch_ = 0;
  std::vector<double> rows_;
};

}  // namespace lockstep
