// From the outputs of a network to probabilities of classes, where its loss makes them so.
#pragma once

#include "nn/loss.hpp"
#include "nn/options.hpp"

namespace lockstep {

/// True when outputs are logits of which softmax makes probabilities.
inline bool has_probabilities(Loss loss) {
  return loss == Loss::cross_entropy;
}

/// Turns outputs into probabilities, where there are any; others stay. Shape (batch, outputs).
inline void to_probabilities(Loss loss, Matrix outputs) {
  if (has_probabilities(loss)) softmax(outputs);
}

}  // namespace lockstep
