// Text files that say that the program wrote them, and show when somebody has changed them since.
#pragma once

#include <filesystem>
#include <string>

namespace lockstep {

/// The text below a first line, a comment in TOML, that holds its digest.
std::string with_mark(const std::string& text);

/// True when a file is as with_mark() made it: nobody has put anything of his own into it.
bool has_whole_mark(const std::filesystem::path& path);

}  // namespace lockstep
