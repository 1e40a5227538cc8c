// Work that every rank does by itself, and that fails on all ranks or on none.
#pragma once

#include <functional>

#include "comm/communicator.hpp"

namespace lockstep {

/// Thrown on the ranks that need not say anything: a lower rank has failed and tells what happened.
struct FailedElsewhere {};

/// Calls `work` on every rank and waits for all. When it throws Error on some ranks, the lowest of them throws that
/// Error and all others throw FailedElsewhere, so that a job of any size says it once. Collective.
void together(const Communicator& comm, const std::function<void()>& work);

}  // namespace lockstep
