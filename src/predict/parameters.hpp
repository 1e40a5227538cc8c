// The parameters of a network in a checkpoint.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "checkpoint/checkpoint.hpp"
#include "nn/model.hpp"
#include "tensor/aligned_buffer.hpp"

namespace lockstep {

/// The arrays of `buffer`, which is laid out as the model's parameters in row order, under names that begin with
/// `prefix`.
template <class T>
std::vector<NamedTensor<T>> named_tensors(const Model& model, const std::string& prefix, std::span<T> buffer) {
  std::vector<NamedTensor<T>> tensors;
  for (const ParameterTensor& tensor : model.tensors())
    tensors.push_back({prefix + tensor.name, tensor.shape, buffer.subspan(tensor.range.begin, tensor.range.size())});
  return tensors;
}

/// The numbers of `buffer`, which is laid out as the model's parameters, in row order.
AlignedBuffer unpacked(const Model& model, std::span<const float> buffer);

/// The digest of all weights and biases, in the order of layers; they are in row order, or as the model has them.
std::string digest_of_row_order(const Model& model, std::span<const float> row_order);
std::string parameter_digest(const Model& model, std::span<const float> parameters);

/// Fills `buffer`, laid out as the model's parameters, from the arrays whose names begin with `prefix`. Bad input when
/// the file has others.
void read_packed(const CheckpointReader& reader, const Model& model, const std::string& prefix,
                 std::span<float> buffer);

/// Fills the parameters from a checkpoint of the same model. Bad input when the file does not fit or is damaged.
void load_parameters(const CheckpointReader& reader, const Model& model, std::span<float> parameters);

}  // namespace lockstep
