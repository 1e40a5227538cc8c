#include "train/checkup.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "base/cores.hpp"
#include "base/folder_probe.hpp"
#include "base/launcher.hpp"
#include "base/memory.hpp"
#include "base/rank_report.hpp"
#include "comm/shared_memory.hpp"
#include "comm/speed.hpp"
#include "comm/together.hpp"
#include "config/config.hpp"
#include "tensor/product_speed.hpp"

namespace lockstep {

namespace {

constexpr double kSlowProduct = 0.7;      // of the median of all ranks
constexpr double kLittleProcessor = 0.9;  // of the time
constexpr double kSlowLink = 0.5;         // of the median of all links
constexpr double kLateSum = 1e-3;         // seconds of a sum of one number
constexpr double kLittleMemory = 1e9;     // bytes
constexpr double kLittleSharedMemory = 256e6;

std::string number_text(double value) {
  return value < 10 ? fmt::format("{:.1f}", value) : fmt::format("{:.0f}", value);
}

std::string time_text(double seconds) {
  return seconds < 1e-3 ? number_text(1e6 * seconds) + " us" : number_text(1e3 * seconds) + " ms";
}

/// "LEAST to MOST", or one text where both are the same.
std::string span_text(const std::string& least, const std::string& most) {
  return least == most ? most : least + " to " + most;
}

/// The same of the least and the most of these rates.
std::string span_text(const std::vector<double>& rates) {
  const auto [least, most] = std::ranges::minmax(rates);
  return span_text(number_text(least), number_text(most));
}

/// One number of each rank, on rank 0.
std::vector<double> gather(const Communicator& world, double value) {
  return world.gather(std::span<const double>(&value, 1));
}

void add_problem(Finding& finding, Verdict verdict, const std::string& problem) {
  finding.verdict = std::max(finding.verdict, verdict);
  finding.problem += (finding.problem.empty() ? "" : "; ") + problem;
}

}  // namespace

Finding examine_ranks(const Platform& platform) {
  Finding finding;
  finding.facts = describe_ranks(platform);
  if (!platform.crowded.empty())
    add_problem(finding, Verdict::slow, fmt::format("{}; {}", platform.crowded, kCrowdedRemedy));
  return finding;
}

Finding examine_memory(const Communicator& world, const Platform& platform) {
  Finding finding;
  const std::vector<double> available = gather(world, static_cast<double>(available_memory()));
  std::error_code unknown;
  const std::filesystem::space_info space = std::filesystem::space(kSharedMemoryFolder, unknown);
  const std::vector<double> shared = gather(world, unknown ? 0 : static_cast<double>(space.available));
  if (!world.is_root()) return finding;
  const auto [least, most] = std::ranges::minmax(available);
  const auto [least_shared, most_shared] = std::ranges::minmax(shared);
  finding.facts =
      fmt::format("{} available per host, {} free in {}", span_text(bytes_text(least), bytes_text(most)),
                  span_text(bytes_text(least_shared), bytes_text(most_shared)), kSharedMemoryFolder.string());
  if (least < kLittleMemory)
    add_problem(
        finding, Verdict::slow,
        fmt::format(
            "little memory is left on {}; end other programs there",
            platform.host_of_rank[static_cast<std::size_t>(std::ranges::min_element(available) - available.begin())]));
  if (least_shared < kLittleSharedMemory)
    add_problem(
        finding, Verdict::slow,
        fmt::format(
            "little of {} is free on {}, where the ranks of a host share data, parameters and gradients: some 64 MB "
            "for "
            "Fashion-MNIST on two; give it more room (docker run --shm-size=2g), or start one rank per host",
            kSharedMemoryFolder.string(),
            platform.host_of_rank[static_cast<std::size_t>(std::ranges::min_element(shared) - shared.begin())]));
  return finding;
}

Finding examine_kernels(const Platform& platform) {
  Finding finding;
  finding.facts = fmt::format("{} (or {}); threads per rank: 1", platform.kernels, kernel_name(Kernels::openblas));
  return finding;
}

Finding examine_products(const Communicator& world, const Platform& platform) {
  Finding finding;
  world.barrier();
  const Kernels kernels = resolve(Kernels::automatic);
  const ProductSpeed mine = measure_products(kernels, 1.0);
  const ProductSpeed pairs = measure_products({kernels, Precision::bfloat16}, 0.5);
  const std::vector<double> rates = gather(world, median(mine.gflops));
  const std::vector<double> pair_rates = gather(world, median(pairs.gflops));
  const std::vector<double> processors = gather(world, mine.processor_gflops);
  const std::vector<double> shares = gather(world, mine.processor_share);
  if (!world.is_root()) return finding;
  finding.facts =
      fmt::format("{} GFLOP/s per rank, {} in bfloat16{}", span_text(rates), span_text(pair_rates),
                  std::ranges::min(pair_rates) < std::ranges::min(rates) ? ", which is slower than float32 here" : "");
  if (const std::string low = describe_low(processors, median(processors), kSlowProduct, platform.host_of_rank);
      !low.empty())
    add_problem(finding, Verdict::slow, fmt::format("slower processors or kernels than the median: {}", low));
  // Ranks that share cores are told of by themselves.
  if (const std::string low = describe_low(shares, 1, kLittleProcessor, platform.host_of_rank);
      !low.empty() && platform.crowded.empty())
    add_problem(finding, Verdict::slow,
                fmt::format("not all of a core's time: {} (other programs run there, or a limit is set)", low));
  if (finding.verdict != Verdict::ok) finding.problem += "; all ranks wait for the slowest";
  return finding;
}

Finding examine_sum(const Communicator& world, const Communicator& host) {
  Finding finding;
  if (world.size() == 1) {
    finding.facts = "one rank has nothing to sum";
    return finding;
  }
  const double one = measure_sum(world, host, 1);
  finding.facts = fmt::format("one number in {}", time_text(one));
  for (const std::size_t size : {std::size_t{1} << 14U, std::size_t{1} << 18U, std::size_t{1} << 21U}) {
    const double seconds = measure_sum(world, host, size);
    const auto bytes = static_cast<double>(size * sizeof(float));
    finding.facts +=
        fmt::format(", {} in {} ({}/s)", bytes_text(bytes), time_text(seconds), bytes_text(bytes / seconds));
  }
  if (one > kLateSum)
    add_problem(finding, Verdict::slow,
                fmt::format("ranks wait {} for each other at every step; look at shared cores and at the network",
                            time_text(one)));
  return finding;
}

Finding examine_messages(const Communicator& world, const Communicator& host, const Platform& platform) {
  Finding finding;
  if (world.size() == 1) {
    finding.facts = "one rank sends none";
    return finding;
  }
  finding.facts = moves_unasked(world) ? "move by themselves" : "move in calls to MPI";
  const std::vector<Link> links = measure_links(world, host);
  if (links.empty()) return finding;

  const auto [nearest, farthest] = std::ranges::minmax(links, {}, &Link::latency);
  const auto [slowest, fastest] = std::ranges::minmax(links, {}, &Link::bytes_per_second);
  finding.facts +=
      fmt::format("; between hosts {}, {}/s", span_text(time_text(nearest.latency), time_text(farthest.latency)),
                  span_text(bytes_text(slowest.bytes_per_second), bytes_text(fastest.bytes_per_second)));
  std::vector<double> rates;
  std::vector<std::string> hosts;
  for (const Link& link : links) {
    rates.push_back(link.bytes_per_second);
    hosts.push_back(platform.host_of_rank[static_cast<std::size_t>(link.rank)]);
  }
  std::vector<std::string> slow;
  for (std::size_t k = 0; k < links.size(); ++k)
    if (rates[k] < kSlowLink * median(rates)) slow.push_back(hosts[k]);
  if (!slow.empty())
    add_problem(finding, Verdict::slow,
                fmt::format("messages to {} take more than twice the median time", fmt::join(slow, ", ")));
  return finding;
}

Finding examine_folder(const Communicator& world, const Platform& platform, const std::filesystem::path& folder) {
  Finding finding;
  std::optional<FolderProbe> probe;
  std::string problem;
  if (world.is_root()) {
    try {
      probe.emplace(folder);
    } catch (const Error& error) {
      problem = fmt::format("{}; name another with --dir, as a run's folder too (train --run-dir)", error.what());
    }
  }
  std::string name = probe ? probe->name() : "";
  world.broadcast(name);
  std::string missing;
  if (!name.empty()) {
    try {
      find_probe(folder, name);
    } catch (const Error& error) {
      missing = error.what();
    }
  }
  const std::vector<std::string> all_missing = world.gather(missing);
  if (!world.is_root()) return finding;

  std::vector<std::size_t> ranks;
  for (std::size_t rank = 0; rank < all_missing.size(); ++rank)
    if (!all_missing[rank].empty()) ranks.push_back(rank);
  finding.facts = std::filesystem::absolute(folder).string();
  if (!problem.empty()) add_problem(finding, Verdict::broken, problem);
  if (!ranks.empty())
    add_problem(finding, Verdict::broken,
                fmt::format("{} {} another folder than rank 0 on {} under this name: {}. Use one that all hosts have, "
                            "on a network file system",
                            name_ranks(ranks, platform.host_of_rank), ranks.size() == 1 ? "has" : "have",
                            platform.host_of_rank.front(), all_missing[ranks.front()]));
  if (!probe) return finding;
  const std::string refused = probe->refused_locks();
  finding.facts += fmt::format("; writes {}/s to disk, {} free, {}", bytes_text(probe->bytes_per_second()),
                               bytes_text(static_cast<double>(probe->free_bytes())),
                               refused.empty() ? "locks"
                                               : fmt::format("no locks ({}): lockstep asks for none, but set "
                                                             "HDF5_USE_FILE_LOCKING=FALSE for h5py",
                                                             refused));
  return finding;
}

std::string recommend_launch(const Communicator& world, const Platform& platform) {
  const std::vector<double> cores = gather(world, static_cast<double>(allowed_cores().size()));
  std::vector<HostCores> hosts;
  for (const std::string& name : platform.hosts) {
    const auto rank = std::ranges::find(platform.host_of_rank, name) - platform.host_of_rank.begin();
    hosts.push_back({name, static_cast<int>(cores[static_cast<std::size_t>(rank)])});
  }
  if (!world.is_root()) return {};
  const Launcher launcher = std::getenv("SLURM_JOB_ID") != nullptr ? Launcher::srun
                            : geteuid() == 0                       ? Launcher::mpirun_as_root
                                                                   : Launcher::mpirun;
  return launch_line(hosts, launcher, static_cast<int>(TrainOptions().slices));
}

}  // namespace lockstep
