// The data of a run, in memory once a host.
#pragma once

#include <functional>

#include "comm/communicator.hpp"
#include "config/config.hpp"
#include "data/load.hpp"

namespace lockstep {

/// A data set that one rank of each host reads by calling `load`, shared with the host's other ranks. Bad input when it
/// cannot be read, or when a host has another data set than rank 0's. Collective.
Dataset load_on_every_host(const Communicator& world, const std::function<Dataset()>& load);

/// The same for the training and the test set of a configuration.
TrainAndTest load_on_every_host(const Communicator& world, const Config& config);

}  // namespace lockstep
