// What the model of a step counts and charges.
#pragma once

#include <cstddef>

namespace lockstep {

/// How fast one core is.
struct Rates {
  double products = 0;  // floating-point operations of matrix products in a second
  double memory = 0;    // bytes of updates, and of sums between ranks, in a second
  double look = 0;      // seconds of a look for messages that are not there
};

/// What this rank set up.
struct Counts {
  std::size_t messages = 0;  // of the gradient, sent in a step
  std::size_t bytes = 0;     // in them
  std::size_t memory = 0;    // bytes of buffers
};

/// `fold`: buffers of all ranks lie in the same memory, as their values do not matter. Called before any is there.
void begin_counts(const Rates& rates, bool fold);
[[nodiscard]] Counts counts();

/// Lets this rank's core work for so long.
void charge(double seconds);

}  // namespace lockstep
