#include "base/error.hpp"

#include <cstdio>
#include <cstdlib>

namespace lockstep {

void invariant(bool holds, const char* what, const std::source_location& where) {
  if (holds) return;
  fmt::print(stderr, "lockstep: bug at {}:{}: {}\n", where.file_name(), where.line(), what);
  std::abort();
}

}  // namespace lockstep
