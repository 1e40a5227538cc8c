// Whether a file is a CSV table at all, by how it begins.
#pragma once

#include <string>
#include <string_view>

namespace lockstep {

/// Bad input, with the line, when the text of a file begins with what no table with a header begins with: the marks of
/// UTF-16, a note on separators, a comment, or names that other separators than commas separate.
void check_beginning(const std::string& path, std::string_view text);

}  // namespace lockstep
