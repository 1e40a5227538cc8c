// The last part of a step: the gradient's sum becomes new parameters.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "base/profile.hpp"
#include "comm/reducer.hpp"
#include "comm/shared_memory.hpp"
#include "config/config.hpp"
#include "nn/model.hpp"
#include "optim/optimizer.hpp"
#include "train/state.hpp"

namespace lockstep {

/// Updates the parameters of a host, each of its ranks a part of them. Where something depends on all of the gradient,
/// as clipping by its norm does, the parts are gone through once more before.
class ParameterUpdate {
 public:
  /// `host` are the ranks that share the state's memory. Collective.
  ParameterUpdate(const Communicator& host, Profile& profile, const Config& config, const Model& model);

  /// Takes the sums that `reducer` gives, of the gradients of samples that weigh `weight` together. `with_norm` leaves
  /// what norm() needs. Collective on the host.
  void apply(TrainState& state, GradientReducer& reducer, float weight, float rate, bool with_norm);

  /// The norm of the mean gradient, before any clipping, once all ranks of the host have ended an update with it.
  [[nodiscard]] double norm() const;

 private:
  /// A part of a chunk that decays as a whole and, where layers have rates of their own, belongs to one of them.
  struct Piece {
    Range range;
    std::size_t layer = 0;
    bool decays = true;
  };
  /// What one update works on.
  struct Task {
    TrainState* state;
    GradientReducer* reducer;
    float weight;
    float rate;
  };

  /// Calls use(chunk, mean gradient) for the chunks of this rank's parts, when they are there, but for what is frozen.
  template <class Use>
  void for_each_chunk(const Task& task, Use&& use);
  /// Calls use(piece) for the pieces of a chunk, in order.
  template <class Use>
  void for_each_piece(const Range& chunk, Use&& use) const;
  /// The update of a piece of a chunk, with the chunk's gradient.
  [[nodiscard]] Update update_of(const Task& task, const Piece& piece, const Range& chunk,
                                 std::span<const float> gradient) const;

  void clip(std::span<float> gradient) const;
  /// The part of the way to the parameters that their average goes in a step.
  [[nodiscard]] float average_approach(std::uint64_t step) const;

  /// Finds by which factor the gradient is to be clipped. Collective on the host.
  void measure_gradient(const Task& task);
  /// Finds the layers' rates. Collective on the host.
  void measure_layers(const Task& task);

  Communicator host_;
  Profile* profile_;
  const Model* model_;
  Optimizer optimizer_;
  float decay_;
  float l1_penalty_;
  bool decays_biases_;
  double average_decay_;
  double clip_norm_;
  float clip_value_;
  SharedMemory memory_;
  std::span<double> squares_;                   // of the mean gradient, a chunk each
  std::span<std::array<double, 2>> of_layers_;  // of parameters and directions, a chunk of a layer each
  AlignedBuffer mean_;                          // a chunk of the gradient
  AlignedBuffer directions_;
  float clip_ = 1;            // the factor that clips the gradient
  std::size_t begin_;         // of what is trained: layers before are frozen
  std::vector<float> trust_;  // a layer each
};

}  // namespace lockstep
