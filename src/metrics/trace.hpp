// A timeline that browsers show.
#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "base/profile.hpp"

namespace lockstep {

/// Writes the laps of each rank to `path`, in the trace event format of Chrome (ui.perfetto.dev, chrome://tracing).
/// Throws Error when it cannot.
void write_trace(const std::filesystem::path& path, std::span<const std::vector<Profile::Lap>> ranks);

}  // namespace lockstep
