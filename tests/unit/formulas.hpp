// Activations by their formulas, in double, for tests to compare with.
#pragma once

#include <algorithm>
#include <cmath>

#include "nn/options.hpp"

namespace lockstep {

inline double activation_formula(Activation activation, double x) {
  switch (activation) {
    case Activation::identity:
      return x;
    case Activation::sigmoid:
      return 1 / (1 + std::exp(-x));
    case Activation::tanh:
      return std::tanh(x);
    case Activation::relu:
      return std::max(x, 0.0);
    case Activation::leaky_relu:
      return x > 0 ? x : 0.01 * x;
  }
  return 0;
}

}  // namespace lockstep
