#include "optim/schedule.hpp"

#include "tensor/elementary.hpp"

namespace lockstep {

Schedule::Schedule(const ScheduleOptions& options, double learning_rate, std::uint64_t steps_per_epoch,
                   std::uint64_t total_steps)
    : options_(options), learning_rate_(learning_rate), steps_per_epoch_(steps_per_epoch), total_steps_(total_steps) {}

float Schedule::rate(std::uint64_t step) const {
  if (step < options_.warmup_steps)
    return static_cast<float>(learning_rate_ * static_cast<double>(step + 1) /
                              static_cast<double>(options_.warmup_steps));
  double factor = 1;
  if (options_.name == ScheduleName::step) {
    const std::uint64_t drops = step / steps_per_epoch_ / options_.every_epochs;
    factor = elementary::power(options_.gamma, drops);
  } else if (options_.name == ScheduleName::cosine) {
    const auto done = static_cast<double>(step - options_.warmup_steps);
    const auto all = static_cast<double>(total_steps_ - options_.warmup_steps);
    factor = options_.final_fraction + (1 - options_.final_fraction) * 0.5 * (1 + elementary::cos_pi(done / all));
  }
  return static_cast<float>(learning_rate_ * factor);
}

bool same_rates(const Schedule& a, const Schedule& b, std::uint64_t steps) {
  for (std::uint64_t step = 0; step < steps; ++step)
    if (a.rate(step) != b.rate(step)) return false;
  return true;
}

}  // namespace lockstep
