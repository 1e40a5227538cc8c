// All that a run is between two steps.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "checkpoint/checkpoint.hpp"
#include "nn/model.hpp"
#include "optim/sgd.hpp"
#include "tensor/aligned_buffer.hpp"

namespace lockstep {

/// With the configuration and the data, this is everything that a resume needs.
struct TrainState {
  TrainState(const Model& model, const SgdOptions& options)
      : parameters_buffer(model.size()), optimizer(options, model.size()) {}

  [[nodiscard]] std::span<float> parameters() { return parameters_buffer.span(); }

  /// Becomes the same state as `other`, which belongs to the same model.
  void copy_from(TrainState& other) {
    progress = other.progress;
    std::ranges::copy(other.parameters(), parameters().begin());
    std::ranges::copy(other.optimizer.velocity(), optimizer.velocity().begin());
  }

  Progress progress;
  AlignedBuffer parameters_buffer;
  Sgd optimizer;
};

/// The arrays of `buffer`, which is laid out as the model's parameters in row order, under names that begin with
/// `prefix`.
template <class T>
std::vector<NamedTensor<T>> named_tensors(const Model& model, const std::string& prefix, std::span<T> buffer) {
  std::vector<NamedTensor<T>> tensors;
  for (const ParameterTensor& tensor : model.tensors())
    tensors.push_back({prefix + tensor.name, tensor.shape, buffer.subspan(tensor.range.begin, tensor.range.size())});
  return tensors;
}

/// The digest of all weights and biases, in the order of layers.
std::string parameter_digest(const Model& model, std::span<const float> parameters);

/// Writes the whole state to `path`. Throws Error with the cause, and when a parameter is not finite.
void save_state(const std::filesystem::path& path, CheckpointInfo info, const Model& model, TrainState& state);

/// Fills the state from a checkpoint of the same model. Bad input when the file does not fit or is damaged.
void load_state(const CheckpointReader& reader, const Model& model, TrainState& state);

/// Fills the parameters from a checkpoint of the same model. Bad input when the file does not fit or is damaged.
void load_parameters(const CheckpointReader& reader, const Model& model, std::span<float> parameters);

}  // namespace lockstep
