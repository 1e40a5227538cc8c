#include "train/platform.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "base/cores.hpp"
#include "base/digest.hpp"
#include "base/rank_report.hpp"
#include "base/version.hpp"
#include "comm/together.hpp"

namespace lockstep {

namespace {

/// The C library, whose exponentials and the like have roundings of their own, for example "glibc 2.36".
std::string c_library() {
  std::array<char, 64> name{};
  confstr(_CS_GNU_LIBC_VERSION, name.data(), name.size());
  return name.data();
}

const char* remedy_for(Kernels kernels) {
  return kernels == Kernels::libxsmm
             ? "Set LIBXSMM_TARGET to one that all processors have, for example LIBXSMM_TARGET=hsw"
             : "Set OPENBLAS_CORETYPE to one that all processors have, for example OPENBLAS_CORETYPE=Haswell";
}

/// Bad input on rank 0 where the matrix products of the ranks differ.
void check_same_kernels(const Communicator& world, Kernels kernels) {
  const std::vector<std::string> names = world.gather(kernel_name(kernels));
  const std::vector<std::string> hosts = world.gather(host_name());
  together(world, [&] {
    if (const std::string differences = describe_differences(names, hosts); !differences.empty())
      throw bad_input(
          "matrix products round differently on these ranks: {}. {}, on all ranks (mpirun -x NAME=VALUE; srun takes it "
          "from the environment), give all hosts the same versions of the libraries, or use hosts of one type{}",
          differences, remedy_for(kernels),
          kernels == Kernels::libxsmm ? "; train.kernels = \"openblas\" has other kernels to agree on" : "");
  });
}

}  // namespace

const char* const kCrowdedRemedy =
    "start at most one rank a core and bind each to its own: mpirun --bind-to core, srun --cpu-bind=cores";

Platform survey_platform(const Communicator& world) {
  Platform platform;
  platform.host_of_rank = world.gather(host_name());
  for (const std::string& host : platform.host_of_rank)
    if (std::ranges::find(platform.hosts, host) == platform.hosts.end()) platform.hosts.push_back(host);
  std::vector<Cores> cores;
  for (const std::string& text : world.gather(to_text(bound_cores()))) cores.push_back(cores_from_text(text));
  if (world.is_root()) {
    const auto [least, most] = std::ranges::minmax(cores, {}, &Cores::size);
    platform.least_cores = static_cast<int>(least.size());
    platform.most_cores = static_cast<int>(most.size());
    platform.crowded = describe_crowded(cores, platform.host_of_rank);
  }
  for (const char* name : {"OPENBLAS_CORETYPE", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "LIBXSMM_TARGET"})
    if (const char* value = std::getenv(name)) platform.environment.push_back(fmt::format("{}={}", name, value));
  return platform;
}

std::string describe_ranks(const Platform& platform) {
  const std::string cores = platform.least_cores == platform.most_cores
                                ? std::to_string(platform.most_cores)
                                : fmt::format("{} to {}", platform.least_cores, platform.most_cores);
  return fmt::format("{} on {} host{} ({}); cores a rank: {}", platform.host_of_rank.size(), platform.hosts.size(),
                     platform.hosts.size() == 1 ? "" : "s", fmt::join(platform.hosts, ", "), cores);
}

void check_same_program(const Communicator& world) {
  const std::vector<std::string> programs =
      world.gather(fmt::format("lockstep {} ({}) with {}", version(), digest_of_file("/proc/self/exe"), c_library()));
  const std::vector<std::string> hosts = world.gather(host_name());
  together(world, [&] {
    if (const std::string differences = describe_differences(programs, hosts); !differences.empty())
      throw bad_input("the ranks run different programs: {}. Start the same file on all hosts, built once",
                      differences);
  });
}

Kernels agree_on_kernels(const Communicator& world, Kernels wanted) {
  std::size_t chosen = 0;
  together(world, [&] {
    if (world.is_root()) chosen = static_cast<std::size_t>(resolve(wanted));
  });
  world.broadcast(chosen);
  const auto kernels = static_cast<Kernels>(chosen);
  together(world, [&] { resolve(kernels); });
  check_same_kernels(world, kernels);
  return kernels;
}

}  // namespace lockstep
