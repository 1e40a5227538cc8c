// Whether a run that goes on from a checkpoint would be the undisturbed one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "checkpoint/checkpoint.hpp"
#include "config/config.hpp"

namespace lockstep {

/// What would change the arithmetic of the checkpoint's run if it went on as `now` says, with so many slices of a step:
/// a phrase each, with what was, what is and, beyond setting it back, what to do. Keys count by their values, or by
/// what they come to, as the schema says of each.
///
/// A number of epochs changes nothing as long as the steps done so far had the same learning rates.
std::vector<std::string> changed_arithmetic(const CheckpointInfo& checkpoint, const Config& now, std::uint64_t slices);

/// The same of the program and its matrix products: `now` has those of this start.
std::vector<std::string> changed_programs(const CheckpointInfo& checkpoint, const CheckpointInfo& now);

}  // namespace lockstep
