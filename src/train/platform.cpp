#include "train/platform.hpp"

#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <cstdlib>

#include "comm/together.hpp"

namespace lockstep {

namespace {

/// The cores in this process's affinity mask.
int usable_cores() {
  cpu_set_t mask;
  return sched_getaffinity(0, sizeof mask, &mask) == 0 ? CPU_COUNT(&mask) : 1;
}

}  // namespace

Platform survey_platform(const Communicator& world) {
  Platform platform;
  platform.host_of_rank = world.gather(host_name());
  for (const std::string& host : platform.host_of_rank)
    if (std::ranges::find(platform.hosts, host) == platform.hosts.end()) platform.hosts.push_back(host);
  const int cores = usable_cores();
  platform.least_cores = world.minimum(cores);
  platform.most_cores = -world.minimum(-cores);
  for (const char* name : {"OPENBLAS_CORETYPE", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "LIBXSMM_TARGET"})
    if (const char* value = std::getenv(name)) platform.environment.push_back(fmt::format("{}={}", name, value));
  return platform;
}

Kernels agree_on_kernels(const Communicator& world, Kernels wanted) {
  std::size_t chosen = 0;
  together(world, [&] {
    if (world.is_root()) chosen = static_cast<std::size_t>(resolve(wanted));
  });
  world.broadcast(chosen);
  const auto kernels = static_cast<Kernels>(chosen);
  together(world, [&] { resolve(kernels); });
  return kernels;
}

}  // namespace lockstep
