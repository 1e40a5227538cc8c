// What the program was built from, as the build file states it.
#pragma once

namespace lockstep {

/// Major.minor.patch, for example "0.1.0".
const char* version();

/// For example "GNU 12.2.0".
const char* compiler();

/// What it was told to optimise and how to round, for example "-O3 -DNDEBUG -ffp-contract=off".
const char* compiler_flags();

}  // namespace lockstep
