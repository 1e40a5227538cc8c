// How this process was started, and other programs, which are started and waited for.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace lockstep {

/// The environment of this process, "NAME=value" each. MPI adds to it when it is initialised, and what it adds must not
/// reach another launcher.
std::vector<std::string> current_environment();

/// The words with which this process was started.
std::vector<std::string> current_command_line();

/// Runs `command`, whose first word is found in PATH, with `environment`, and appends what it prints to the file `log`.
/// Returns its exit status, or 128 and the number of the signal that ended it. A request to stop is passed on to it as
/// SIGTERM. Throws Error when it cannot be started.
int run_command(const std::vector<std::string>& command, const std::vector<std::string>& environment,
                const std::filesystem::path& log);

}  // namespace lockstep
