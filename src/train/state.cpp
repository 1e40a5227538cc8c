#include "train/state.hpp"

#include "base/digest.hpp"
#include "checkpoint/schema.hpp"
#include "tensor/finite.hpp"

namespace lockstep {

namespace {

const std::string kVelocity = std::string(schema::kOptimizer) + "velocity/";

}  // namespace

std::string parameter_digest(const Model& model, std::span<const float> parameters) {
  Digest digest;
  for (const auto& tensor : named_tensors(model, "", parameters)) digest.add(tensor.values);
  return digest.text();
}

void save_state(const std::filesystem::path& path, CheckpointInfo info, const Model& model, TrainState& state) {
  const std::span<const float> parameters = state.parameters();
  const std::span<const float> velocity = state.optimizer.velocity();
  if (!all_finite(parameters) || !all_finite(velocity))
    throw failure("step {}: a parameter is not finite, so no checkpoint is written; lower optimizer.learning_rate",
                  state.progress.step);
  std::vector<NamedTensor<const float>> tensors = named_tensors(model, schema::kModel, parameters);
  if (!velocity.empty())
    for (auto& tensor : named_tensors(model, kVelocity, velocity)) tensors.push_back(std::move(tensor));
  info.progress = state.progress;
  info.digest = parameter_digest(model, parameters);
  write_checkpoint(path, info, tensors);
}

void load_parameters(const CheckpointReader& reader, const Model& model, std::span<float> parameters) {
  for (const auto& tensor : named_tensors(model, schema::kModel, parameters)) reader.read(tensor);
  const std::string found = parameter_digest(model, parameters);
  if (found != reader.info().digest)
    throw bad_input("{}: damaged: its parameters have digest {}, and it was written with {}", reader.info().data.source,
                    found, reader.info().digest);
}

void load_state(const CheckpointReader& reader, const Model& model, TrainState& state) {
  state.progress = reader.info().progress;
  load_parameters(reader, model, state.parameters());
  if (const std::span<float> velocity = state.optimizer.velocity(); !velocity.empty())
    for (const auto& tensor : named_tensors(model, kVelocity, velocity)) reader.read(tensor);
}

}  // namespace lockstep
