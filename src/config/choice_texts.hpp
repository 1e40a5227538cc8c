// What is said of optimizers, schedules and metrics in lists of keys and in messages, from the lists of them.
#pragma once

#include <iterator>
#include <string_view>
#include <utility>

#include "optim/list.hpp"
#include "optim/schedules.hpp"
#include "scores/metric.hpp"

namespace lockstep {

/// The names of a list, with the numbers that stand for them.
template <class Enum, std::size_t Size>
struct Choices {
  std::pair<std::string_view, Enum> all[Size];
};

template <class Enum, const auto& List>
constexpr auto choices_of() {
  Choices<Enum, std::size(List)> choices;
  for (std::size_t i = 0; i < std::size(List); ++i) choices.all[i] = {List[i].name, static_cast<Enum>(i)};
  return choices;
}

inline constexpr auto kOptimizers = choices_of<OptimizerName, kOptimizerTraits>();
inline constexpr auto kSchedules = choices_of<ScheduleName, kScheduleTraits>();
inline constexpr auto kMonitors = choices_of<Metric, kMetrics>();

/// Where the default of an option is not SGD's: "adam 0.001, rmsprop 0.01". Valid for ever.
const char* other_defaults(double OptimizerOptions::*option);

/// Why an option has no effect with an optimizer, or a schedule, that does not use it, and with which it has. Valid for
/// ever.
const char* only_with(Option option);
const char* only_with(ScheduleOption option);

}  // namespace lockstep
