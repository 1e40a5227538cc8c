// Text in UTF-8.
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

/// True for UTF-8 without a NUL.
bool is_utf8(std::string_view text);

/// Appends a code point. What is none makes text that is not UTF-8.
void append_utf8(std::string& text, char32_t point);

}  // namespace lockstep
