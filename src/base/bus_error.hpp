// A page of memory that is not there: what is said before the end.
#pragma once

#include <string>

namespace lockstep {

/// From now on a bus error ends the process with status 1 and says, in the name of `who`, what it means: memory that
/// processes share has no page left, since /dev/shm is full.
void explain_bus_errors(const std::string& who);

}  // namespace lockstep
