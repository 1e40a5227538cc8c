// The cores of ranks that wait, for those that work.
#pragma once

#include "base/in_order.hpp"
#include "comm/communicator.hpp"

namespace lockstep {

/// On rank 0 of a host, threads that take the places of its other ranks while these wait in together(), each on the
/// cores of its rank. None on the others. Collective.
Helpers helpers_on(const Communicator& host);

}  // namespace lockstep
