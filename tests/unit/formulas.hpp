// Activations by their formulas, in double, for tests to compare with.
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>
#include <type_traits>
#include <vector>

#include "nn/activations/list.hpp"

namespace lockstep {

// An overload for each activation in the list.

inline double formula(std::type_identity<Identity>, const ActivationOptions&, double x) {
  return x;
}

inline double formula(std::type_identity<Sigmoid>, const ActivationOptions&, double x) {
  return 1 / (1 + std::exp(-x));
}

inline double formula(std::type_identity<Tanh>, const ActivationOptions&, double x) {
  return std::tanh(x);
}

inline double formula(std::type_identity<Relu>, const ActivationOptions&, double x) {
  return std::max(x, 0.0);
}

inline double formula(std::type_identity<LeakyRelu>, const ActivationOptions& options, double x) {
  return x > 0 ? x : options.leaky_slope * x;
}

inline double formula(std::type_identity<Elu>, const ActivationOptions& options, double x) {
  return x > 0 ? x : options.elu_alpha * std::expm1(x);
}

inline double formula(std::type_identity<Selu>, const ActivationOptions&, double x) {
  return 1.0507009873554804934193349852946 * (x > 0 ? x : 1.6732632423543772848170429916717 * std::expm1(x));
}

inline double formula(std::type_identity<Gelu>, const ActivationOptions&, double x) {
  return x * std::erfc(-x / std::numbers::sqrt2) / 2;
}

inline double formula(std::type_identity<Silu>, const ActivationOptions&, double x) {
  return x / (1 + std::exp(-x));
}

inline double formula(std::type_identity<Softplus>, const ActivationOptions&, double x) {
  return x > 30 ? x : std::log1p(std::exp(x));
}

inline double activation_formula(Activation activation, double x, const ActivationOptions& options = {}) {
  return Activations::visit(activation, [&](auto entry) { return formula(entry, options, x); });
}

inline std::vector<Activation> all_activations() {
  std::vector<Activation> all;
  for (const auto& [name, activation] : Activations::kNames) all.push_back(activation);
  return all;
}

}  // namespace lockstep
