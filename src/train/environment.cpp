#include "train/environment.hpp"

#include <fmt/chrono.h>

#include "base/child_process.hpp"
#include "base/hdf5.hpp"
#include "base/process_identity.hpp"
#include "base/version.hpp"

namespace lockstep {

EnvironmentLog::Start describe_start(const ProgramStart& start, const Platform& platform) {
  return {{"start_time", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", std::chrono::floor<std::chrono::seconds>(start.time))},
          {"start_unix_time", rounded_to_ms(unix_time(start.time))},
          {"command_line", current_command_line()},
          {"job", ProcessIdentity::of_this_process().job},
          {"ranks", platform.host_of_rank.size()},
          {"hosts", platform.hosts},
          {"processor", platform.processor},
          {"kernels", platform.kernels},
          {"cores_per_rank", platform.least_cores},
          {"environment", platform.environment},
          {"lockstep", version()},
          {"commit", start.commit},
          {"compiler", compiler()},
          {"compiler_flags", compiler_flags()},
          {"c_library", c_library()},
          {"mpi", mpi_version()},
          {"hdf5", hdf5_version()}};
}

}  // namespace lockstep
