// All schedules of the learning rate. A further one is a line here.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "optim/options.hpp"
#include "tensor/elementary.hpp"

namespace lockstep {

/// Options of which a schedule uses some.
enum class ScheduleOption : std::uint8_t {
  warmup,
  every_epochs,
  gamma,
  final_fraction,
  power,
  period_factor,
  cycle,       // start_fraction and peak
  validation,  // no option: it needs a validation set
};

/// Where in the training a step is.
struct SchedulePlace {
  std::uint64_t epoch = 0;            // complete ones
  std::uint64_t steps_per_epoch = 1;  // at least 1
  std::uint64_t done = 0;             // steps since the warm-up's end
  std::uint64_t all = 1;              // steps from there to the end of training
  std::uint64_t drops = 0;            // how often the validation set has asked for a lower rate
};

/// A schedule: factor(options, place) is what the learning rate is multiplied by.
struct ScheduleTraits {
  std::string_view name;
  OptionSet<ScheduleOption> uses;
  double (*factor)(const ScheduleOptions&, const SchedulePlace&) = nullptr;
};

namespace schedules {

using Options = ScheduleOptions;
using Place = SchedulePlace;

inline double part_of(std::uint64_t done, std::uint64_t all) {
  return static_cast<double>(done) / static_cast<double>(all);
}

/// From `from` to `to`, as half a wave of the cosine does, when a part of the way is done.
inline double cosine_between(double from, double to, double part) {
  return to + (from - to) * 0.5 * (1 + elementary::cos_pi(part));
}

inline double constant(const Options&, const Place&) {
  return 1;
}

inline double step(const Options& options, const Place& place) {
  return elementary::power(options.gamma, place.epoch / options.every_epochs);
}

inline double exponential(const Options& options, const Place& place) {
  return elementary::power(options.gamma, place.epoch);
}

/// Loshchilov and Hutter 2017: SGDR: Stochastic gradient descent with warm restarts.
inline double cosine(const Options& options, const Place& place) {
  return options.final_fraction +
         (1 - options.final_fraction) * 0.5 * (1 + elementary::cos_pi(part_of(place.done, place.all)));
}

/// The same paper: the first period has every_epochs epochs.
inline double cosine_restarts(const Options& options, const Place& place) {
  std::uint64_t period = options.every_epochs * place.steps_per_epoch;
  std::uint64_t done = place.done;
  if (options.period_factor == 1) done %= period;
  for (; done >= period; period *= options.period_factor) done -= period;
  return cosine_between(1, options.final_fraction, part_of(done, period));
}

inline double linear(const Options& options, const Place& place) {
  return options.final_fraction + (1 - options.final_fraction) * (1 - part_of(place.done, place.all));
}

inline double polynomial(const Options& options, const Place& place) {
  return options.final_fraction +
         (1 - options.final_fraction) * elementary::power(1 - part_of(place.done, place.all), options.power);
}

/// Smith and Topin 2018: Super-convergence; the two halves as PyTorch's OneCycleLR has them. It has no other warm-up.
inline double one_cycle(const Options& options, const Place& place) {
  const auto step = static_cast<double>(place.done);
  const auto all = static_cast<double>(place.all);
  const double top = options.peak * all - 1;  // the step that has the whole rate
  if (step <= top) return cosine_between(options.start_fraction, 1, top > 0 ? step / top : 1);
  return cosine_between(1, options.final_fraction, (step - top) / (all - 1 - top));
}

/// As PyTorch's ReduceLROnPlateau: after so many epochs without a gain.
inline double plateau(const Options& options, const Place& place) {
  return elementary::power(options.gamma, place.drops);
}

}  // namespace schedules

/// In the order of ScheduleName.
inline constexpr std::array kScheduleTraits = {
    ScheduleTraits{"constant", {ScheduleOption::warmup}, schedules::constant},
    ScheduleTraits{
        "step", {ScheduleOption::warmup, ScheduleOption::every_epochs, ScheduleOption::gamma}, schedules::step},
    ScheduleTraits{"exponential", {ScheduleOption::warmup, ScheduleOption::gamma}, schedules::exponential},
    ScheduleTraits{"linear", {ScheduleOption::warmup, ScheduleOption::final_fraction}, schedules::linear},
    ScheduleTraits{"polynomial",
                   {ScheduleOption::warmup, ScheduleOption::final_fraction, ScheduleOption::power},
                   schedules::polynomial},
    ScheduleTraits{"cosine", {ScheduleOption::warmup, ScheduleOption::final_fraction}, schedules::cosine},
    ScheduleTraits{"cosine_restarts",
                   {ScheduleOption::warmup, ScheduleOption::final_fraction, ScheduleOption::every_epochs,
                    ScheduleOption::period_factor},
                   schedules::cosine_restarts},
    ScheduleTraits{"one_cycle", {ScheduleOption::final_fraction, ScheduleOption::cycle}, schedules::one_cycle},
    ScheduleTraits{
        "plateau",
        {ScheduleOption::warmup, ScheduleOption::every_epochs, ScheduleOption::gamma, ScheduleOption::validation},
        schedules::plateau},
};

constexpr const ScheduleTraits& traits_of(ScheduleName name) {
  return kScheduleTraits.at(static_cast<std::size_t>(name));
}

/// The schedule with a name that is in the list.
constexpr ScheduleName schedule_named(std::string_view name) {
  std::size_t i = 0;
  while (kScheduleTraits.at(i).name != name) ++i;
  return static_cast<ScheduleName>(i);
}

}  // namespace lockstep
