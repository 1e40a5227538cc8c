// The optimizer that a configuration names: whoever uses one need not know which.
#pragma once

#include <span>

#include "optim/list.hpp"

namespace lockstep {

/// Updates parameters. A step is begin_step() and then update() for all parameters, some at a time, in any order. Of an
/// optimizer with a rate a layer, measure() for all parameters comes between the two.
class Optimizer {
 public:
  explicit Optimizer(const OptimizerOptions& options);

  /// Names of the buffers that it keeps.
  [[nodiscard]] std::vector<std::string_view> moments() const;

  /// True where each layer has a rate of its own, by norms that measure() and trust() come to.
  [[nodiscard]] bool is_layerwise() const;

  /// Prepares step `step` of the run, counted from 1.
  void begin_step(std::uint64_t step);

  /// Writes to `directions`, shape (size), that of which the norm over the layer counts.
  void measure(const Update& update, std::span<float> directions) const;

  /// The factor of a layer's rate, by the norms of its parameters and its directions.
  [[nodiscard]] float trust(double parameters, double directions, float decay) const;

  void update(const Update& update) const;

 private:
  AnyOptimizer rule_;
};

}  // namespace lockstep
