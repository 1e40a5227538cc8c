// All optimizers. A further one is a file like sgd.hpp and a line here.
#pragma once

#include <array>
#include <tuple>
#include <variant>

#include "optim/adagrad.hpp"
#include "optim/adam.hpp"
#include "optim/adamw.hpp"
#include "optim/lamb.hpp"
#include "optim/lars.hpp"
#include "optim/nadam.hpp"
#include "optim/rmsprop.hpp"
#include "optim/sgd.hpp"

namespace lockstep {

/// In the order of OptimizerName.
using AnyOptimizer = std::variant<Sgd, Adam, AdamW, Nadam, RmsProp, Adagrad, Lamb, Lars>;

namespace detail {

template <class>
struct TraitsOf;
template <class... Each>
struct TraitsOf<std::variant<Each...>> {
  static constexpr std::array<OptimizerTraits, sizeof...(Each)> kAll = {Each::kTraits...};
};

}  // namespace detail

inline constexpr auto kOptimizerTraits = detail::TraitsOf<AnyOptimizer>::kAll;

constexpr const OptimizerTraits& traits_of(OptimizerName name) {
  return kOptimizerTraits.at(static_cast<std::size_t>(name));
}

/// The options that hold where none are given.
constexpr OptimizerOptions default_options(OptimizerName name) {
  OptimizerOptions options = traits_of(name).defaults;
  options.name = name;
  return options;
}

/// The optimizer with a name that is in the list.
constexpr OptimizerName optimizer_named(std::string_view name) {
  std::size_t i = 0;
  while (kOptimizerTraits.at(i).name != name) ++i;
  return static_cast<OptimizerName>(i);
}

}  // namespace lockstep
