// What a job runs on, and whether all its ranks compute alike.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "comm/communicator.hpp"
#include "tensor/layer_products.hpp"

namespace lockstep {

struct Platform {
  std::vector<std::string> host_of_rank;
  std::vector<std::string> hosts;  // each once, in order of ranks
  std::string processor;           // its name; where hosts differ, which ranks have which
  std::string kernels;             // of matrix products, likewise
  int least_cores = 1;             // that a rank may use, over all ranks
  int most_cores = 1;
  std::string crowded;                   // which ranks share cores; empty: none
  std::vector<std::string> environment;  // "NAME=value" of the variables that change how products are computed
};

/// The C library, for the record: the bits do not depend on it. For example "glibc 2.36".
std::string c_library();

/// Asks every rank, which makes its products like this. The result is complete on rank 0. Collective.
Platform survey_platform(const Communicator& world, const Arithmetic& arithmetic);

/// For example "2 on 1 host (vm); cores per rank: 1".
std::string describe_ranks(const Platform& platform);

/// What to do against ranks that share cores.
extern const char* const kCrowdedRemedy;

/// Names a number of slices with which several hosts, of as many ranks each, would send each other clearly less than
/// with `slices`: the number of hosts times a power of two, so that each sums its slices by itself. Empty: there is
/// none.
std::string advise_on_slices(std::span<const std::string> host_of_rank, std::size_t slices);

/// Bad input where ranks run different programs, so that the bits may differ. Collective.
void check_same_program(const Communicator& world);

/// Products by the kernels that `wanted` stands for on this rank. Bad input where a host does not have them, or where
/// the ranks' do not compute the same bits. Collective.
Arithmetic agree_on_arithmetic(const Communicator& world, const Arithmetic& wanted);

}  // namespace lockstep
