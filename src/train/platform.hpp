// What a job runs on.
#pragma once

#include <string>
#include <vector>

#include "comm/communicator.hpp"
#include "tensor/products.hpp"

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

/// The kernels that `wanted` stands for on the host of rank 0. Bad input where a host does not have them. Collective.
Kernels agree_on_kernels(const Communicator& world, Kernels wanted);

}  // namespace lockstep
