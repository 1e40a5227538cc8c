// The commit of the source that the program was built from.
#pragma once

namespace lockstep {

/// 40 hexadecimal digits, with "-modified" behind them where files were changed since; "unknown" outside of a git
/// repository.
const char* commit();

}  // namespace lockstep
