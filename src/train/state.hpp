// All that a run is between two steps.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "checkpoint/checkpoint.hpp"
#include "comm/shared_memory.hpp"
#include "config/config.hpp"
#include "nn/model.hpp"
#include "optim/optimizer.hpp"
#include "tensor/aligned_buffer.hpp"

namespace lockstep {

/// With the configuration and the data, this is everything that a resume needs.
struct TrainState {
  /// In memory of this rank alone, all zero.
  TrainState(const Model& model, const Config& config);

  /// The same in memory that all ranks of a host see. Collective.
  TrainState(const Model& model, const Config& config, const Communicator& host);

  /// The floats of such a state.
  static std::size_t floats(const Model& model, const Config& config);

  /// Becomes the same state as `other`, which belongs to the same model.
  void copy_from(const TrainState& other) {
    progress = other.progress;
    std::ranges::copy(other.floats_, floats_.begin());
  }

  /// The parameters by which the model predicts: their average, or else those of the last step.
  [[nodiscard]] std::span<float> model_parameters() const { return average.empty() ? parameters : average; }

  /// All numbers but the progress.
  [[nodiscard]] std::span<float> all_floats() const { return floats_; }

  Progress progress;
  std::span<float> parameters;
  std::span<float> average;                    // of the parameters, laid out as they are; empty: none is kept
  std::span<float> moments;                    // of the optimizer, one behind the other, laid out likewise
  std::vector<std::string_view> moment_names;  // what they are

 private:
  void place(const Model& model, const Config& config, std::span<float> memory);

  std::span<float> floats_;
  AlignedBuffer own_memory_;
  std::shared_ptr<const void> shared_memory_;
};

/// Writes the whole state to `path`. Throws Error with the cause, and when a parameter is not finite.
void save_state(const std::filesystem::path& path, CheckpointInfo info, const Model& model, const TrainState& state);

/// Fills the state from a checkpoint of the same model. Bad input when the file does not fit or is damaged.
void load_state(const CheckpointReader& reader, const Model& model, TrainState& state);

}  // namespace lockstep
