// What is not the same on all ranks, in words for people. Everywhere hosts[r] is the host of rank r.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/cores.hpp"

namespace lockstep {

/// For example "rank 3 on node2" or "ranks 0 to 3, 6 on node1, node2". `ranks` are in order.
std::string name_ranks(std::span<const std::size_t> ranks, std::span<const std::string> hosts);

/// Which ranks have which of the values, for example "rank 0 on a has X; ranks 1 to 3 on b have Y". Empty when all are
/// equal.
std::string describe_differences(std::span<const std::string> values, std::span<const std::string> hosts);

/// Which ranks share cores, where cores[r] are those that rank r may use. Empty when each rank can have a core of its
/// own.
std::string describe_crowded(std::span<const Cores> cores, std::span<const std::string> hosts);

/// The middle one of the values, the larger of two.
double median(std::vector<double> values);

/// Which values are below `part` of `whole`, lowest first, for example "rank 3 on node2 at 40 %". Empty when none is.
std::string describe_low(std::span<const double> values, double whole, double part, std::span<const std::string> hosts);

}  // namespace lockstep
