// A sum in a fixed order that vector registers can follow.
#pragma once

#include <array>
#include <cstddef>

#include "base/vectorized.hpp"

namespace lockstep {

/// The sum of value(0), ..., value(size - 1) in 16 interleaved parts, which are added in ascending order at the end.
template <class Value>
LOCKSTEP_INLINE double interleaved_sum(std::size_t size, Value value) {
  constexpr std::size_t kParts = 16;
  std::array<double, kParts> sums{};
  const std::size_t whole = size / kParts * kParts;
  for (std::size_t i = 0; i < whole; i += kParts)
    for (std::size_t part = 0; part < kParts; ++part) sums[part] += value(i + part);
  for (std::size_t i = whole; i < size; ++i) sums[i - whole] += value(i);
  double sum = 0;
  for (const double part : sums) sum += part;
  return sum;
}

}  // namespace lockstep
