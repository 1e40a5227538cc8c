// What mpirun, srun and other launchers say of this process in its environment, and how to call them.
#pragma once

#include <string>
#include <vector>

namespace lockstep {

/// One of `size` processes that were started together, as the variable `variable` says.
struct Launch {
  int rank = 0;
  int size = 1;
  std::string variable;  // empty: started alone
};

/// What the launcher nearest to this process says, from "NAME=value" each. Of SLURM a job step counts, not the job: a
/// batch script is one process however many tasks its job has.
Launch launch_of(const std::vector<std::string>& environment);

/// True when this process is one of several that were started together, or may be: PMIx alone does not say how many
/// there are, nor SLURM for jobs of unlike parts. Only then has MPI to say who else is there.
bool may_have_others(const std::vector<std::string>& environment);

/// True when the launcher says that all processes that it started are on this host.
bool is_on_one_host(const std::vector<std::string>& environment);

/// How a job step of SLURM connects its tasks.
enum class StepStart {
  none,    // this is no task of a step, or its launcher is another
  pmix,    // as Open MPI wants it
  pmi2,    // as few builds of Open MPI understand
  without  // not at all
};

StepStart step_start_of(const std::vector<std::string>& environment);

/// How to start, for a process that MPI sees alone although it is one of several.
std::string launch_remedy(const Launch& launch);

/// A host and its cores.
struct HostCores {
  std::string name;
  int cores = 1;
};

enum class Launcher {
  mpirun,
  mpirun_as_root,  // which it does only when it is told to
  srun,
};

/// The command that starts training with one rank on each core of these hosts, with more slices of a step than the
/// default number `slices` where there are more ranks.
std::string launch_line(const std::vector<HostCores>& hosts, Launcher launcher, int slices);

}  // namespace lockstep
