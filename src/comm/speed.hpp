// How fast this job's ranks exchange numbers, measured. All of it is collective.
#pragma once

#include <vector>

#include "comm/communicator.hpp"

namespace lockstep {

/// Seconds that a gradient of `size` floats takes to be summed over all ranks, as in training: the median of some
/// sums. On every rank, as rank 0 found it.
double measure_sum(const Communicator& world, const Communicator& host, std::size_t size);

/// A message from rank 0 to another rank, or back.
struct Link {
  int rank = 0;
  double latency = 0;           // seconds of an empty message
  double bytes_per_second = 0;  // of a large one
};

/// The links between rank 0 and the first rank of each other host. On rank 0; empty elsewhere.
std::vector<Link> measure_links(const Communicator& world, const Communicator& host);

/// True where a large message from rank 0 reaches the last rank while both sleep, outside of MPI. On every rank;
/// there must be two or more.
bool moves_unasked(const Communicator& world);

}  // namespace lockstep
