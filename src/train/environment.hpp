// What a run is computed on and with.
#pragma once

#include <chrono>
#include <string>

#include "base/stopwatch.hpp"
#include "metrics/environment.hpp"
#include "train/platform.hpp"

namespace lockstep {

/// A start of the program.
struct ProgramStart {
  std::string commit;  // of the source that it was built from
  std::chrono::system_clock::time_point time = std::chrono::system_clock::now();
  Stopwatch wall{};  // since then
};

/// The start as environment.json has it, for rank 0.
EnvironmentLog::Start describe_start(const ProgramStart& start, const Platform& platform);

}  // namespace lockstep
