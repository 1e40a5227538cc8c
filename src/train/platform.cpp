#include "train/platform.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>

#include "base/cores.hpp"
#include "base/counted.hpp"
#include "base/digest.hpp"
#include "base/partition.hpp"
#include "base/processor.hpp"
#include "base/rank_report.hpp"
#include "base/version.hpp"
#include "comm/together.hpp"
#include "comm/tree_plan.hpp"

namespace lockstep {

namespace {

/// Bad input on rank 0 where the matrix products of the ranks differ.
void check_same_arithmetic(const Communicator& world, Kernels kernels) {
  const std::vector<std::string> names = world.gather(arithmetic_of(kernel_name(kernels)));
  const std::vector<std::string> hosts = world.gather(host_name());
  together(world, [&] {
    if (const std::string differences = describe_differences(names, hosts); !differences.empty())
      throw bad_input(
          "matrix products round differently on these ranks: {}. Set train.kernels = \"auto\", whose bits are those of "
          "every processor; or set OPENBLAS_CORETYPE to one that all processors have, for example "
          "OPENBLAS_CORETYPE=Haswell, on all ranks (mpirun -x NAME=VALUE; srun takes it from the environment), and "
          "give "
          "all hosts the same version of OpenBLAS",
          differences);
  });
}

/// How often a host sends as much as the whole gradient in a step, the most.
double sent_gradients(std::size_t hosts, std::size_t slices) {
  constexpr std::size_t kElements = 1 << 16;
  std::vector<Range> owned;
  for (std::size_t host = 0; host < hosts; ++host) owned.push_back(part_of(slices, hosts, host));
  return static_cast<double>(TreePlan(owned, {0, kElements}, 1).most_sent()) / kElements;
}

}  // namespace

const char* const kCrowdedRemedy =
    "start at most one rank per core and bind each to its own: mpirun --bind-to core, srun --cpu-bind=cores";

std::string c_library() {
  std::array<char, 64> name{};
  confstr(_CS_GNU_LIBC_VERSION, name.data(), name.size());
  return name.data();
}

Platform survey_platform(const Communicator& world, const Arithmetic& arithmetic) {
  Platform platform;
  platform.host_of_rank = world.gather(host_name());
  for (const std::string& host : platform.host_of_rank)
    if (std::ranges::find(platform.hosts, host) == platform.hosts.end()) platform.hosts.push_back(host);
  const std::vector<std::string> processors = world.gather(processor_name());
  const std::vector<std::string> names = world.gather(kernel_name(arithmetic));
  std::vector<Cores> cores;
  for (const std::string& text : world.gather(to_text(bound_cores()))) cores.push_back(cores_from_text(text));
  if (world.is_root()) {
    const auto each = [&](const std::vector<std::string>& values) {
      const std::string differences = describe_differences(values, platform.host_of_rank);
      return differences.empty() ? values.front() : differences;
    };
    platform.processor = each(processors);
    platform.kernels = each(names);
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
  return fmt::format("{} on {} ({}); cores per rank: {}", platform.host_of_rank.size(),
                     counted(platform.hosts.size(), "host"), fmt::join(platform.hosts, ", "), cores);
}

std::string advise_on_slices(std::span<const std::string> host_of_rank, std::size_t slices) {
  constexpr double kWorthTelling = 1.2;
  std::map<std::string, std::size_t> ranks_of_host;
  for (const std::string& host : host_of_rank) ++ranks_of_host[host];
  const std::size_t hosts = ranks_of_host.size();
  if (hosts == 1) return {};
  for (const auto& [host, ranks] : ranks_of_host)
    if (hosts * ranks != host_of_rank.size()) return {};

  std::size_t better = hosts;
  while (better < host_of_rank.size() || 2 * better <= slices) better *= 2;
  const double now = sent_gradients(hosts, slices);
  const double then = sent_gradients(hosts, better);
  if (now < kWorthTelling * then) return {};
  return fmt::format(
      "with {} slices some of the {} hosts send {:.1f} times the gradient in a step, with train.slices = {} no more "
      "than {:.1f} times; results change with it, but for rounding they are as good",
      slices, hosts, now, better, then);
}

void check_same_program(const Communicator& world) {
  const std::vector<std::string> programs =
      world.gather(fmt::format("lockstep {} ({})", version(), digest_of_file("/proc/self/exe")));
  const std::vector<std::string> hosts = world.gather(host_name());
  together(world, [&] {
    if (const std::string differences = describe_differences(programs, hosts); !differences.empty())
      throw bad_input("the ranks run different programs: {}. Start the same file on all hosts, built once",
                      differences);
  });
}

Arithmetic agree_on_arithmetic(const Communicator& world, const Arithmetic& wanted) {
  Arithmetic arithmetic = wanted;
  together(world, [&] { arithmetic.kernels = resolve(wanted.kernels); });
  check_same_arithmetic(world, arithmetic.kernels);
  return arithmetic;
}

}  // namespace lockstep
