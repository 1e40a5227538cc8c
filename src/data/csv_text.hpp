// Whether a file is a CSV table at all: its encoding and its first line.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace lockstep {

/// Checks text that comes in pieces, which may be cut anywhere.
class Utf8Check {
 public:
  /// Returns the first byte that is not UTF-8, or a NUL, as its place in `piece`; npos where all is well.
  std::size_t wrong_byte(std::string_view piece);

  /// True when the text so far ends within a character.
  [[nodiscard]] bool within_character() const { return expected_ > 0; }

 private:
  unsigned expected_ = 0;  // bytes of the present character that are still to come
  unsigned char least_ = 0x80;
  unsigned char most_ = 0xBF;  // for the next of them
};

/// Bad input, with the line, when the text of a file begins with what no table with a header begins with: the marks of
/// UTF-16, a note on separators, a comment, or names that other separators than commas separate.
void check_beginning(const std::string& path, std::string_view text);

}  // namespace lockstep
