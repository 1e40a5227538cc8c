// One step of synchronous data-parallel training.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/profile.hpp"
#include "comm/reducer.hpp"
#include "config/config.hpp"
#include "data/sampler.hpp"
#include "nn/model.hpp"
#include "train/local_gradient.hpp"
#include "train/parameter_update.hpp"
#include "train/state.hpp"
#include "train/watchdog.hpp"

namespace lockstep {

/// What a step found. Equal on every rank.
struct StepResult {
  bool stop = false;         // some rank wants to stop after this step
  double loss_sum = 0;       // over the samples of the global batch, by their weights, before the update
  double weight = 0;         // of these samples: their number where they have no weights
  double gradient_norm = 0;  // of the mean over them, where it was asked for
};

/// Takes steps with one replica. All ranks call it for the same batch.
class TrainingStep {
 public:
  /// On samples of `dataset`. `host` are the ranks that share the state's memory. Collective.
  TrainingStep(const Communicator& comm, const Communicator& host, Watchdog& watchdog, Profile& profile,
               const Config& config, const Model& model, const PreparedDataset& dataset);

  /// How many slices of a batch this rank works on.
  [[nodiscard]] std::size_t slices() const { return reducer_.owned().size(); }

  /// forward, loss, backward, sum over all ranks, update. `batch` has at least the rows of this rank's slices, and
  /// `stop` says that this rank wants to stop after the step; `norm` asks for the gradient's norm, on every rank.
  /// Throws Error on one rank, before the parameters change, when the gradient is not finite. Collective.
  StepResult take(TrainState& state, const Batch& batch, float rate, bool stop, bool norm);

 private:
  /// What some rows of a batch weigh together, summed in their order.
  [[nodiscard]] double weight_of(const Batch& batch, const Range& rows) const;

  /// This rank's slices of a batch.
  const OwnedSlices& cut(std::size_t batch);

  /// The sums over all slices that batch normalization wants of a layer. Collective.
  std::span<const double> sum_of_layer(std::size_t layer, std::span<const double> rows);

  /// Moves the running statistics of batch normalization, of which there is one copy on a host.
  void update_statistics(TrainState& state, std::span<const double> sums, std::size_t samples) const;

  /// Says which rank and which layer brought numbers that are not finite. Collective; does not return.
  [[noreturn]] void fail_not_finite(std::uint64_t step);

  Communicator comm_;
  Watchdog* watchdog_;
  Profile* profile_;
  const Model* model_;
  std::span<const double> weights_;  // of all samples, or empty
  bool is_host_root_;
  std::size_t frozen_;  // layers
  std::string remedy_;  // against numbers that are not finite
  std::size_t slices_;
  GradientReducer reducer_;
  std::map<std::size_t, LeafSum> norm_sums_;  // of batch-normalized layers, by their units
  LocalGradient gradient_;
  ParameterUpdate update_;
  OwnedSlices owned_slices_;  // of a batch of this size
  std::size_t cut_batch_ = 0;
  std::vector<double> rows_;
};

}  // namespace lockstep
