// What a job runs on.
#pragma once

#include <string>
#include <vector>

#include "comm/communicator.hpp"

namespace lockstep {

struct Platform {
  std::vector<std::string> host_of_rank;
  std::vector<std::string> hosts;  // each once, in order of ranks
  int least_cores = 1;             // that a rank may use, over all ranks
  int most_cores = 1;
  std::vector<std::string> environment;  // "NAME=value" of the variables that change how products are computed
};

/// Asks every rank. The result is complete on rank 0. Collective.
Platform survey_platform(const Communicator& world);

}  // namespace lockstep
