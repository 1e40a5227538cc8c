// The version of the program, as the build file states it.
#pragma once

namespace lockstep {

/// Major.minor.patch, for example "0.1.0".
const char* version();

}  // namespace lockstep
