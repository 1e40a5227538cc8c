#include "base/launcher.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <optional>

namespace lockstep {

namespace {

std::optional<std::string> value_of(const std::vector<std::string>& environment, const std::string& name) {
  for (const std::string& variable : environment)
    if (variable.starts_with(name + "=")) return variable.substr(name.size() + 1);
  return std::nullopt;
}

/// The number in a variable, or `otherwise`.
int number_of(const std::vector<std::string>& environment, const std::string& name, int otherwise) {
  const auto text = value_of(environment, name);
  return text ? std::atoi(text->c_str()) : otherwise;
}

}  // namespace

Launch launch_of(const std::vector<std::string>& environment) {
  const auto launch = [&](const char* size, const char* rank) {
    return Launch{number_of(environment, rank, 0), number_of(environment, size, 1), size};
  };
  if (value_of(environment, "OMPI_COMM_WORLD_SIZE")) return launch("OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK");
  if (value_of(environment, "PMI_SIZE")) return launch("PMI_SIZE", "PMI_RANK");
  if (value_of(environment, "SLURM_STEP_ID")) return launch("SLURM_STEP_NUM_TASKS", "SLURM_PROCID");
  if (const int rank = number_of(environment, "PMIX_RANK", 0); rank > 0) return {rank, rank + 1, "PMIX_RANK"};
  return {};
}

bool may_have_others(const std::vector<std::string>& environment) {
  const Launch launch = launch_of(environment);
  if (launch.size > 1) return true;
  if (launch.variable == "SLURM_STEP_NUM_TASKS") return value_of(environment, "SLURM_HET_SIZE").has_value();
  return launch.variable.empty() && value_of(environment, "PMIX_RANK").has_value();
}

bool is_on_one_host(const std::vector<std::string>& environment) {
  if (const auto size = value_of(environment, "OMPI_COMM_WORLD_SIZE"))
    return size == value_of(environment, "OMPI_COMM_WORLD_LOCAL_SIZE");
  return value_of(environment, "SLURM_STEP_NUM_NODES") == "1" && !value_of(environment, "SLURM_HET_SIZE");
}

StepStart step_start_of(const std::vector<std::string>& environment) {
  if (!value_of(environment, "SLURM_STEP_ID") || value_of(environment, "OMPI_COMM_WORLD_SIZE")) return StepStart::none;
  if (value_of(environment, "PMIX_RANK")) return StepStart::pmix;
  return value_of(environment, "PMI_SIZE") ? StepStart::pmi2 : StepStart::without;
}

std::string launch_remedy(const Launch& launch) {
  const bool mpirun = launch.variable == "OMPI_COMM_WORLD_SIZE" || launch.variable == "PMI_SIZE";
  return fmt::format(
      "this is process {} of {} that were started together ({}), but MPI does not connect them, and each would train "
      "by itself. Start them with srun --mpi=pmix (srun --mpi=list shows what this SLURM has), or with the mpirun of "
      "the MPI that the program was built with{}",
      launch.rank, launch.size, launch.variable, mpirun ? "; this launcher belongs to another MPI" : "");
}

std::string launch_line(const std::vector<HostCores>& hosts, Launcher launcher, int slices) {
  int ranks = 0;
  std::string places;
  for (const HostCores& host : hosts) {
    ranks += host.cores;
    places += fmt::format("{}{}:{}", places.empty() ? "" : ",", host.name, host.cores);
  }
  const std::string start =
      launcher == Launcher::srun
          ? fmt::format("SLURM_PMIX_FENCE=ring srun --mpi=pmix --nodes={} --ntasks={} --cpu-bind=cores", hosts.size(),
                        ranks)
          : fmt::format("mpirun {}{}-n {} --bind-to core",
                        launcher == Launcher::mpirun_as_root ? "--allow-run-as-root " : "",
                        hosts.size() > 1 ? "--host " + places + " " : "", ranks);
  return fmt::format("{} lockstep train CONFIG.toml{}", start,
                     ranks > slices ? fmt::format(" --set train.slices={}", ranks) : "");
}

}  // namespace lockstep
