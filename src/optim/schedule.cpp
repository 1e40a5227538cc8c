#include "optim/schedule.hpp"

#include "optim/schedules.hpp"

namespace lockstep {

Schedule::Schedule(const ScheduleOptions& options, double learning_rate, std::uint64_t steps_per_epoch,
                   std::uint64_t total_steps)
    : options_(options), learning_rate_(learning_rate), steps_per_epoch_(steps_per_epoch), total_steps_(total_steps) {}

float Schedule::rate(std::uint64_t step, std::uint64_t drops) const {
  if (step < options_.warmup_steps)
    return static_cast<float>(learning_rate_ * static_cast<double>(step + 1) /
                              static_cast<double>(options_.warmup_steps));
  const SchedulePlace place{.epoch = step / steps_per_epoch_,
                            .steps_per_epoch = steps_per_epoch_,
                            .done = step - options_.warmup_steps,
                            .all = total_steps_ - options_.warmup_steps,
                            .drops = drops};
  return static_cast<float>(learning_rate_ * traits_of(options_.name).factor(options_, place));
}

bool same_rates(const Schedule& a, const Schedule& b, std::uint64_t steps) {
  for (std::uint64_t step = 0; step < steps; ++step)
    if (a.rate(step) != b.rate(step)) return false;
  return true;
}

}  // namespace lockstep
