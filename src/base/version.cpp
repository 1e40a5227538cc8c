#include "base/version.hpp"

namespace lockstep {

const char* version() {
  return LOCKSTEP_VERSION;
}

const char* compiler() {
  return LOCKSTEP_COMPILER;
}

const char* compiler_flags() {
  return LOCKSTEP_COMPILER_FLAGS;
}

}  // namespace lockstep
