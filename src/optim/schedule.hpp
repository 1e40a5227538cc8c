// Learning rates: a pure function of the step.
#pragma once

#include <cstdint>

#include "optim/options.hpp"

namespace lockstep {

/// The learning rate of each step: warm-up times schedule times the configured rate.
class Schedule {
 public:
  Schedule(const ScheduleOptions& options, double learning_rate, std::uint64_t steps_per_epoch,
           std::uint64_t total_steps);

  /// The rate of step `step`, counted from zero. During warm-up it rises linearly: rate (step + 1) / warmup_steps; from
  /// there on it is what the schedule says, after so many `drops` that the validation set has asked for.
  [[nodiscard]] float rate(std::uint64_t step, std::uint64_t drops = 0) const;

 private:
  ScheduleOptions options_;
  double learning_rate_;
  std::uint64_t steps_per_epoch_;
  std::uint64_t total_steps_;
};

/// True when the first `steps` steps have the same rates under both.
bool same_rates(const Schedule& a, const Schedule& b, std::uint64_t steps);

}  // namespace lockstep
