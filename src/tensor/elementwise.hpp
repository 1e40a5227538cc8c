// Loops over all elements of buffers.
#pragma once

#include <span>

#include "tensor/matrix.hpp"

namespace lockstep {

/// quotient = values / divisor. Spans have equal sizes.
void divide(std::span<const float> values, float divisor, std::span<float> quotient);

/// The sum of squares, taken in 16 interleaved parts.
double sum_of_squares(std::span<const float> values);

/// True when no value is infinite or not a number.
bool all_finite(std::span<const float> values);

/// The largest of their sizes; infinity or no number where a value is.
float largest(ConstMatrix values);

/// True when no value is not a number or larger than `limit` in size.
bool all_within(float limit, std::span<const float> values);

}  // namespace lockstep
