#include "data/utf8.hpp"

namespace lockstep {

std::size_t Utf8Check::wrong_byte(std::string_view piece) {
  for (std::size_t i = 0; i < piece.size(); ++i) {
    const auto byte = static_cast<unsigned char>(piece[i]);
    if (expected_ > 0) {
      if (byte < least_ || byte > most_) return i;
      --expected_;
      least_ = 0x80;
      most_ = 0xBF;
    } else if (byte >= 0x80) {
      // Table 3-7 of the Unicode Standard: no overlong forms, no surrogates, nothing beyond U+10FFFF.
      if (byte < 0xC2 || byte > 0xF4) return i;
      expected_ = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
      if (byte == 0xE0) least_ = 0xA0;
      if (byte == 0xED) most_ = 0x9F;
      if (byte == 0xF0) least_ = 0x90;
      if (byte == 0xF4) most_ = 0x8F;
    } else if (byte == 0) {
      return i;
    }
  }
  return std::string_view::npos;
}

bool is_utf8(std::string_view text) {
  Utf8Check check;
  return check.wrong_byte(text) == std::string_view::npos && !check.within_character();
}

void append_utf8(std::string& text, char32_t point) {
  constexpr char32_t kMost = 0x10FFFF;
  if (point < 0x80 || point > kMost) {
    text += static_cast<char>(point > kMost ? 0xFF : point);
    return;
  }
  const unsigned following = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
  const unsigned mark = 0xF80U >> following & 0xFFU;  // as many ones as there are bytes
  text += static_cast<char>(mark | point >> 6 * following);
  for (unsigned i = following; i-- > 0;) text += static_cast<char>(0x80U | (point >> 6 * i & 0x3FU));
}

}  // namespace lockstep
