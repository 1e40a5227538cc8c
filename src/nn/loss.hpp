// Losses: what training makes small, with its gradient.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "tensor/matrix.hpp"

namespace lockstep {

// Losses are added to `sum`, a sample after the other, so that a batch may come in parts.

/// -log softmax(logits)[label], and its gradient softmax(logits) - onehot(label). Shapes (batch, classes) and (batch).
/// Stable for any finite logits: the largest is subtracted first.
double softmax_cross_entropy(ConstMatrix logits, std::span<const std::int32_t> labels, Matrix gradient, double sum = 0);

/// The mean over outputs of (output - target)², and its gradient. Shapes (batch, outputs).
double mean_squared_error(ConstMatrix outputs, ConstMatrix targets, Matrix gradient, double sum = 0);

/// Turns logits into probabilities, row by row. Shape (batch, classes).
void softmax(Matrix logits);

/// How many rows have their largest value at their label. Shapes (batch, classes) and (batch).
std::size_t count_correct(ConstMatrix outputs, std::span<const std::int32_t> labels);

}  // namespace lockstep
