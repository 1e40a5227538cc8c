// The loss of a model's outputs against the targets of a batch.
#pragma once

#include <string>

#include "data/batch.hpp"
#include "nn/losses/options.hpp"

namespace lockstep {

/// True when labels have to be gathered as one-hot rows.
bool wants_one_hot(const LossOptions& loss, const DatasetInfo& data);

/// `sum` and the losses of `rows` of a batch, and in the same rows of `gradient` their derivative by the outputs, all
/// times the samples' weights, where they have any. Of a mixture it is the loss against both samples, by their shares.
/// Shapes (batch, outputs).
double loss_and_gradient(const LossOptions& loss, const BatchLoader& batch, const Range& rows, ConstMatrix outputs,
                         Matrix gradient, double sum = 0);

/// Bad input, naming sample and target, where a target is none that the loss takes.
void check_targets(const LossOptions& loss, const Dataset& data);

/// What to do where training on this data brings numbers that are not finite.
std::string remedy_for(const LossOptions& loss, const PreparedDataset& data);

}  // namespace lockstep
