// All replicas have to stay equal: what proves it while a run goes on.
#pragma once

#include <cstdint>
#include <span>

#include "comm/communicator.hpp"
#include "nn/model.hpp"

namespace lockstep {

/// Compares the parameters of all ranks by their digests. Throws Error on one rank, with step, rank, host and the first
/// layer that differs, when they are not all equal: memory, a processor or a library has failed. Collective.
void check_replicas(const Communicator& world, const Model& model, std::span<const float> parameters,
                    std::uint64_t step);

}  // namespace lockstep
