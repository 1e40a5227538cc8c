// What in the training data makes learning hard, and what to do against it.
#pragma once

#include <string>
#include <vector>

#include "data/transform.hpp"

namespace lockstep {

/// Notes for the user, at most one of each kind: features and targets far from mean 0 and deviation 1 that are not
/// standardized, classes of few samples, classes of very unequal size. Targets that may not be scaled, since the loss
/// takes no others, are left alone.
std::vector<std::string> advice_on(const Survey& train, const DataOptions& options, bool targets_may_be_scaled = true);

/// What may help where numbers of samples that are transformed like this become too large to compute with.
std::string overflow_remedy(Task task, const DataTransform& transform, bool targets_may_be_scaled = true);

}  // namespace lockstep
