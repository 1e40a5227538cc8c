#include "train/parameter_update.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "tensor/elementwise.hpp"

namespace lockstep {

namespace {

constexpr std::size_t kPart = GradientReducer::kChunk;

std::size_t chunks_of(const Model& model) {
  return (model.gradient_size() + kPart - 1) / kPart;
}

/// Each layer begins in a chunk of its own or in that where the one before ends.
std::size_t slot_of(std::size_t chunk, std::size_t layer) {
  return chunk + layer;
}

Range common(const Range& a, const Range& b) {
  const std::size_t begin = std::max(a.begin, b.begin);
  return {begin, std::max(begin, std::min(a.end, b.end))};
}

}  // namespace

ParameterUpdate::ParameterUpdate(const Communicator& host, Profile& profile, const Config& config, const Model& model)
    : host_(host),
      profile_(&profile),
      model_(&model),
      optimizer_(config.optimizer),
      decay_(static_cast<float>(config.optimizer.weight_decay)),
      l1_penalty_(static_cast<float>(config.optimizer.l1_penalty)),
      decays_biases_(config.optimizer.decay_biases),
      average_decay_(config.train.average_decay),
      clip_norm_(config.train.clip_norm),
      clip_value_(static_cast<float>(config.train.clip_value)),
      memory_(host, chunks_of(model) * sizeof(double) +
                        slot_of(chunks_of(model), model.layers().size()) * sizeof(std::array<double, 2>)),
      squares_(reinterpret_cast<double*>(memory_.bytes.data()), chunks_of(model)),
      of_layers_(reinterpret_cast<std::array<double, 2>*>(squares_.data() + squares_.size()),
                 slot_of(chunks_of(model), model.layers().size())),
      mean_(kPart),
      directions_(kPart),
      begin_(model.layers().at(config.train.freeze).weight.begin),
      trust_(model.layers().size(), 1.0F) {}

void ParameterUpdate::apply(TrainState& state, GradientReducer& reducer, float weight, float rate, bool with_norm) {
  const Task task{&state, &reducer, weight, rate};
  optimizer_.begin_step(state.progress.step + 1);
  if (clip_norm_ > 0) measure_gradient(task);
  if (optimizer_.is_layerwise()) measure_layers(task);
  const float approach = average_approach(state.progress.step + 1);
  for_each_chunk(task, [&](const Range& chunk, std::span<float> gradient) {
    if (with_norm && clip_norm_ == 0) squares_[chunk.begin / kPart] = sum_of_squares(gradient);
    clip(gradient);
    for_each_piece(chunk, [&](const Piece& piece) { optimizer_.update(update_of(task, piece, chunk, gradient)); });
    if (!state.average.empty())
      move_towards(state.parameters.subspan(chunk.begin, chunk.size()), approach,
                   state.average.subspan(chunk.begin, chunk.size()));
  });
}

float ParameterUpdate::average_approach(std::uint64_t step) const {
  constexpr double kSteps = 10;  // as TensorFlow's ExponentialMovingAverage has it
  const auto number = static_cast<double>(step);
  return static_cast<float>(1 - std::min(average_decay_, (1 + number) / (kSteps + number)));
}

double ParameterUpdate::norm() const {
  double sum = 0;
  for (const double squares : squares_) sum += squares;
  return std::sqrt(sum);
}

void ParameterUpdate::clip(std::span<float> gradient) const {
  if (clip_ < 1) multiply(gradient, clip_, gradient);
  if (clip_value_ > 0) clamp(gradient, clip_value_);
}

void ParameterUpdate::measure_gradient(const Task& task) {
  for_each_chunk(task, [&](const Range& chunk, std::span<const float> gradient) {
    squares_[chunk.begin / kPart] = sum_of_squares(gradient);
  });
  host_.barrier();
  profile_->lap(Phase::wait);
  constexpr double kNearZero = 1e-6;  // as PyTorch's clip_grad_norm_ has it
  clip_ = static_cast<float>(std::min(1.0, clip_norm_ / (norm() + kNearZero)));
}

void ParameterUpdate::measure_layers(const Task& task) {
  for_each_chunk(task, [&](const Range& chunk, std::span<float> gradient) {
    clip(gradient);
    for_each_piece(chunk, [&](const Piece& piece) { of_layers_[slot_of(chunk.begin / kPart, piece.layer)] = {}; });
    for_each_piece(chunk, [&](const Piece& piece) {
      const Update update = update_of(task, piece, chunk, gradient);
      const std::span<float> directions = directions_.span().first(piece.range.size());
      optimizer_.measure(update, directions);
      std::array<double, 2>& squares = of_layers_[slot_of(chunk.begin / kPart, piece.layer)];
      squares[0] += sum_of_squares(update.parameters);
      squares[1] += sum_of_squares(directions);
    });
  });
  host_.barrier();
  profile_->lap(Phase::wait);
  for (std::size_t layer = 0; layer < trust_.size(); ++layer) {
    const Range range = model_->layers()[layer].range();
    std::array<double, 2> sums{};
    if (range.begin < begin_) continue;
    for (std::size_t chunk = range.begin / kPart; chunk * kPart < range.end; ++chunk)
      for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += of_layers_[slot_of(chunk, layer)][i];
    trust_[layer] = optimizer_.trust(std::sqrt(sums[0]), std::sqrt(sums[1]), decay_);
  }
}

Update ParameterUpdate::update_of(const Task& task, const Piece& piece, const Range& chunk,
                                  std::span<const float> gradient) const {
  const auto [begin, size] = std::pair(piece.range.begin, piece.range.size());
  return {.parameters = task.state->parameters.subspan(begin, size),
          .moments = Moments(task.state->moments, model_->size(), begin),
          .gradient = gradient.subspan(begin - chunk.begin, size),
          .rate = task.rate,
          .decay = piece.decays ? decay_ : 0,
          .trust = trust_[piece.layer]};
}

template <class Use>
void ParameterUpdate::for_each_chunk(const Task& task, Use&& use) {
  const std::span<const Range> parts = task.reducer->parts();
  for (std::size_t part = 0; part < parts.size(); ++part) {
    task.reducer->wait(part);
    profile_->lap(Phase::sum);
    for (std::size_t begin = parts[part].begin; begin < parts[part].end; begin += kPart) {
      const Range chunk = common({begin, std::min(parts[part].end, begin + kPart)}, {begin_, model_->gradient_size()});
      if (chunk.size() == 0) continue;
      const std::span<float> gradient = mean_.span().first(chunk.size());
      divide(task.reducer->sum(chunk), task.weight, gradient);
      if (l1_penalty_ > 0)
        for_each_piece(chunk, [&](const Piece& piece) {
          if (!piece.decays) return;
          const std::span<const float> parameters =
              task.state->parameters.subspan(piece.range.begin, piece.range.size());
          add_signs(parameters, l1_penalty_, gradient.subspan(piece.range.begin - chunk.begin, piece.range.size()));
        });
      use(chunk, gradient);
    }
    profile_->lap(Phase::update);
  }
}

template <class Use>
void ParameterUpdate::for_each_piece(const Range& chunk, Use&& use) const {
  if (decays_biases_ && !optimizer_.is_layerwise()) return use(Piece{chunk});
  for (std::size_t k = 0; k < model_->layers().size(); ++k) {
    const Layer& layer = model_->layers()[k];
    for (const auto& [range, decays] :
         {std::pair(layer.weight, true), std::pair(layer.bias, decays_biases_), std::pair(layer.scale, decays_biases_)})
      if (const Range here = common(chunk, range); here.size() > 0) use(Piece{here, k, decays});
  }
}

}  // namespace lockstep
