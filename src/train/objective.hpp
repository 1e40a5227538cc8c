// The loss of a model's outputs against the targets of a batch.
#pragma once

#include "data/batch.hpp"
#include "nn/loss.hpp"
#include "nn/options.hpp"

namespace lockstep {

/// True when labels have to be gathered as one-hot rows.
inline bool wants_one_hot(Loss loss, const DatasetInfo& data) {
  return loss == Loss::mse && data.task == Task::classification;
}

/// `sum` and the losses of `rows` of a batch, and in the same rows of `gradient` their derivative by the outputs.
/// Shapes (batch, outputs).
inline double loss_and_gradient(Loss loss, const BatchLoader& batch, const Range& rows, ConstMatrix outputs,
                                Matrix gradient, double sum = 0) {
  if (loss == Loss::cross_entropy)
    return softmax_cross_entropy(outputs.rows(rows), batch.labels().subspan(rows.begin, rows.size()),
                                 gradient.rows(rows), sum);
  return mean_squared_error(outputs.rows(rows), batch.targets().rows(rows), gradient.rows(rows), sum);
}

}  // namespace lockstep
