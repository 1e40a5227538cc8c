// From the outputs of a network to what it predicts, as its loss has it.
#pragma once

#include "nn/loss.hpp"
#include "nn/options.hpp"

namespace lockstep {

/// True when outputs are logits of which softmax makes probabilities.
inline bool has_probabilities(Loss loss) {
  return loss == Loss::cross_entropy;
}

/// Turns outputs into probabilities of classes, where there are any; others stay. Shape (batch, outputs).
inline void to_predictions(Loss loss, Matrix outputs) {
  if (has_probabilities(loss)) softmax(outputs);
}

}  // namespace lockstep
