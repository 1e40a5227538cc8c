#include "train/state.hpp"

#include "base/digest.hpp"
#include "checkpoint/schema.hpp"
#include "tensor/elementwise.hpp"

namespace lockstep {

namespace {

const std::string kVelocity = std::string(schema::kOptimizer) + "velocity/";

AlignedBuffer unpacked(const Model& model, std::span<const float> buffer) {
  AlignedBuffer row_order(buffer.size());
  if (!buffer.empty()) model.unpack(buffer, row_order.span());
  return row_order;
}

std::string digest_of_row_order(const Model& model, std::span<const float> row_order) {
  Digest digest;
  for (const auto& tensor : named_tensors(model, "", row_order)) digest.add(tensor.values);
  return digest.text();
}

/// Fills `buffer`, laid out as the model's parameters, from the arrays whose names begin with `prefix`.
void read_packed(const CheckpointReader& reader, const Model& model, const std::string& prefix,
                 std::span<float> buffer) {
  AlignedBuffer row_order(buffer.size());
  for (const auto& tensor : named_tensors(model, prefix, row_order.span())) reader.read(tensor);
  model.pack(row_order.span(), buffer);
}

}  // namespace

TrainState::TrainState(const Model& model, const Sgd& optimizer, const Communicator& host) {
  const SharedMemory memory(host, sizeof(float) * floats(model, optimizer) + kAlignment);
  shared_memory_ = memory.owner;
  const std::span<float> state = aligned_floats(memory.bytes).first(floats(model, optimizer));
  if (host.is_root()) std::ranges::fill(state, 0.0F);
  host.barrier();
  place(model, state);
}

std::string parameter_digest(const Model& model, std::span<const float> parameters) {
  return digest_of_row_order(model, unpacked(model, parameters).span());
}

void save_state(const std::filesystem::path& path, CheckpointInfo info, const Model& model, const TrainState& state) {
  const AlignedBuffer parameters = unpacked(model, state.parameters);
  const AlignedBuffer velocity = unpacked(model, state.velocity);
  if (!all_finite(parameters.span()) || !all_finite(velocity.span()))
    throw failure("step {}: a parameter is not finite, so no checkpoint is written; lower optimizer.learning_rate",
                  state.progress.step);
  std::vector<NamedTensor<const float>> tensors = named_tensors(model, schema::kModel, parameters.span());
  if (!velocity.span().empty())
    for (auto& tensor : named_tensors(model, kVelocity, velocity.span())) tensors.push_back(std::move(tensor));
  info.progress = state.progress;
  info.digest = digest_of_row_order(model, parameters.span());
  write_checkpoint(path, info, tensors);
}

void load_parameters(const CheckpointReader& reader, const Model& model, std::span<float> parameters) {
  read_packed(reader, model, schema::kModel, parameters);
  if (!all_finite(parameters))
    throw bad_input("{}: holds a weight or bias that is not finite; use an earlier checkpoint",
                    reader.info().data.source);
  const std::string found = parameter_digest(model, parameters);
  if (found != reader.info().digest)
    throw bad_input("{}: damaged: its parameters have digest {}, and it was written with {}", reader.info().data.source,
                    found, reader.info().digest);
}

void load_state(const CheckpointReader& reader, const Model& model, TrainState& state) {
  state.progress = reader.info().progress;
  load_parameters(reader, model, state.parameters);
  if (!state.velocity.empty()) read_packed(reader, model, kVelocity, state.velocity);
}

}  // namespace lockstep
