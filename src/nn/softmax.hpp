// Logits to probabilities.
#pragma once

#include <span>

namespace lockstep {

/// probabilities = softmax(logits), which may be the same memory. Returns log(sum(exp(logits))). Stable for any finite
/// logits: the largest is subtracted first.
float softmax_row(std::span<const float> logits, std::span<float> probabilities);

}  // namespace lockstep
