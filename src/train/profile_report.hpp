// What `lockstep train --profile` shows: a table of phases, and the last steps of all ranks for a timeline.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/profile.hpp"
#include "comm/communicator.hpp"

namespace lockstep {

/// A table of milliseconds a step by phase, `steps` of them: the mean over all ranks, its share, and the rank that has
/// most. Complete on rank 0. Collective.
std::string profile_table(const Communicator& world, const Profile& profile, std::uint64_t steps);

/// The last laps of every rank, on rank 0. Collective.
std::vector<std::vector<Profile::Lap>> gather_laps(const Communicator& world, const Profile& profile);

}  // namespace lockstep
