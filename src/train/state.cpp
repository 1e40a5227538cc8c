#include "train/state.hpp"

#include "checkpoint/schema.hpp"
#include "predict/parameters.hpp"
#include "tensor/elementwise.hpp"

namespace lockstep {

namespace {

/// Beside an average, which is the model.
constexpr std::string_view kParameters = "parameters";

std::string moment_prefix(std::string_view name) {
  return fmt::format("{}{}/", schema::kOptimizer, name);
}

}  // namespace

std::size_t TrainState::floats(const Model& model, const Config& config) {
  const std::size_t averages = config.train.average == Average::none ? 0 : 1;
  return model.size() * (1 + averages + Optimizer(config.optimizer).moments().size());
}

TrainState::TrainState(const Model& model, const Config& config) : own_memory_(floats(model, config)) {
  place(model, config, own_memory_.span());
}

TrainState::TrainState(const Model& model, const Config& config, const Communicator& host) {
  const std::size_t size = floats(model, config);
  const SharedMemory memory(host, sizeof(float) * size + kAlignment);
  shared_memory_ = memory.owner;
  place(model, config, aligned_floats(memory.bytes).first(size));
  if (host.is_root()) std::ranges::fill(floats_, 0.0F);
  host.barrier();
}

void TrainState::place(const Model& model, const Config& config, std::span<float> memory) {
  floats_ = memory;
  const auto take = [&memory](std::size_t size) {
    const std::span<float> taken = memory.first(size);
    memory = memory.subspan(size);
    return taken;
  };
  parameters = take(model.size());
  if (config.train.average != Average::none) average = take(model.size());
  moments = memory;
  moment_names = Optimizer(config.optimizer).moments();
}

void save_state(const std::filesystem::path& path, CheckpointInfo info, const Model& model, const TrainState& state) {
  std::vector<AlignedBuffer> buffers;
  std::vector<NamedTensor<const float>> tensors;
  const auto add = [&](const std::string& prefix, std::span<const float> packed) {
    const std::span<const float> buffer = buffers.emplace_back(unpacked(model, packed)).span();
    if (!all_finite(buffer))
      throw failure("step {}: a parameter is not finite, so no checkpoint is written; lower optimizer.learning_rate",
                    state.progress.step);
    for (auto& tensor : named_tensors(model, prefix, buffer)) tensors.push_back(std::move(tensor));
  };
  add(schema::kModel, state.model_parameters());
  if (!state.average.empty()) add(moment_prefix(kParameters), state.parameters);
  for (std::size_t m = 0; m < state.moment_names.size(); ++m)
    add(moment_prefix(state.moment_names[m]), state.moments.subspan(m * model.size(), model.size()));
  info.progress = state.progress;
  info.digest = digest_of_row_order(model, buffers.front().span());
  write_checkpoint(path, info, tensors);
}

void load_state(const CheckpointReader& reader, const Model& model, TrainState& state) {
  state.progress = reader.info().progress;
  load_parameters(reader, model, state.average.empty() ? state.parameters : state.average);
  if (!state.average.empty()) read_packed(reader, model, moment_prefix(kParameters), state.parameters);
  for (std::size_t m = 0; m < state.moment_names.size(); ++m)
    read_packed(reader, model, moment_prefix(state.moment_names[m]),
                state.moments.subspan(m * model.size(), model.size()));
}

}  // namespace lockstep
