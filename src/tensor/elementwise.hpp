// Loops over all elements of buffers.
#pragma once

#include <bit>
#include <cstdint>
#include <span>

#include "tensor/matrix.hpp"

namespace lockstep {

/// The bits of a float without its sign. They are ordered as sizes are, with those of no number at the end.
constexpr std::uint32_t size_bits(float value) {
  return std::bit_cast<std::uint32_t>(value) & 0x7fffffff;
}

/// quotient = values / divisor. Spans have equal sizes.
void divide(std::span<const float> values, float divisor, std::span<float> quotient);

/// product = values * factor. Spans have equal sizes, and may be the same.
void multiply(std::span<const float> values, float factor, std::span<float> product);

/// Cuts what is larger than `limit` in size down to it.
void clamp(std::span<float> values, float limit);

/// values += part * (aims - values). Spans have equal sizes.
void move_towards(std::span<const float> aims, float part, std::span<float> values);

/// sums += factor * sign(values), the sign of 0 being 0. Spans have equal sizes.
void add_signs(std::span<const float> values, float factor, std::span<float> sums);

/// The sum of squares, taken in 16 interleaved parts.
double sum_of_squares(std::span<const float> values);

/// True when no value is infinite or not a number.
bool all_finite(std::span<const float> values);
bool all_finite(std::span<const double> values);

/// The largest of their sizes; infinity or no number where a value is.
float largest(ConstMatrix values);

/// True when no value of a matrix is infinite or not a number.
bool is_finite(ConstMatrix values);

/// True when no value is not a number or larger than `limit` in size.
bool all_within(float limit, std::span<const float> values);

}  // namespace lockstep
