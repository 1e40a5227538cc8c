// Data sets in memory once per host, shared by its ranks.
#pragma once

#include <functional>

#include "comm/helpers.hpp"
#include "data/prepared.hpp"

namespace lockstep {

/// Bad input when some host has read another data set than rank 0's. Collective.
void check_same_everywhere(const Communicator& world, const Communicator& host, const DatasetInfo& mine);

/// Throws Error, with the remedy, where a host has no room to share so many bytes of data, before any are. Collective.
void check_room_for_data(const Communicator& world, const Communicator& host, std::size_t bytes);

/// Prepares what the first rank of each host has read, on all its ranks. Collective.
PreparedDataset prepare_on_host(const Communicator& world, const Communicator& host, Dataset read,
                                const DataTransform& transform);

/// A data set that one rank of each host reads by calling `load` with helpers, shared with the host's other ranks. Bad
/// input when it cannot be read, or when a host has another data set than rank 0's. Collective.
PreparedDataset load_on_every_host(const Communicator& world, const DataTransform& transform,
                                   const std::function<Dataset(const Helpers&)>& load);

}  // namespace lockstep
