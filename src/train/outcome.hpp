// Whether what a network has learnt is worth anything, and why it may not be.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/prepared.hpp"
#include "train/evaluate.hpp"

namespace lockstep {

/// The score that takes no network: the share of the largest class, or R2 of the mean.
double score_of_a_guess(const PreparedDataset& data);

/// True when a score is no better than that of a guess, which may be perfect.
bool is_poor(double score, double guess);

/// What to tell the user of a poor score after an epoch, with the units that are dead. `part` is what was measured:
/// "test" or "validation".
std::string note_on_poor_score(const char* part, Task task, std::uint64_t epoch, double score,
                               const std::vector<DeadUnits>& layers);

}  // namespace lockstep
