// UTF-8, wherever it is cut.
#include "data/utf8.hpp"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

using std::string_view_literals::operator""sv;

/// The place of the first wrong byte, or npos, for text in pieces of so many bytes.
std::size_t wrong_byte(std::string_view text, std::size_t size) {
  Utf8Check check;
  for (std::size_t begin = 0; begin < text.size(); begin += size)
    if (const std::size_t wrong = check.wrong_byte(text.substr(begin, size)); wrong != std::string_view::npos)
      return begin + wrong;
  return check.within_character() ? text.size() : std::string_view::npos;
}

TEST(Utf8, KnowsUtf8HoweverItIsCut) {
  for (const std::size_t size : {1U, 2U, 3U, 100U}) {
    EXPECT_EQ(wrong_byte("a\u00e9\u20ac\U0001F600\uD7FF\uE000\U0010FFFFz", size), std::string_view::npos);
    EXPECT_EQ(wrong_byte("ab\0"sv, size), 2U);
    EXPECT_EQ(wrong_byte("ab\xE9t", size), 3U);            // Latin-1
    EXPECT_EQ(wrong_byte("a\x80", size), 1U);              // a character does not begin so
    EXPECT_EQ(wrong_byte("a\xC0\x80", size), 1U);          // overlong
    EXPECT_EQ(wrong_byte("a\xE0\x80\x80", size), 2U);      // overlong
    EXPECT_EQ(wrong_byte("a\xF0\x80\x80\x80", size), 2U);  // overlong
    EXPECT_EQ(wrong_byte("a\xED\xA0\x80", size), 2U);      // a surrogate
    EXPECT_EQ(wrong_byte("a\xF4\x90\x80\x80", size), 2U);  // beyond U+10FFFF
    EXPECT_EQ(wrong_byte("a\xE2\x82", size), 3U);          // ends too early
  }
}

TEST(Utf8, OfAWholeText) {
  for (const char* text : {"", "a", "gr\u00fcn"}) EXPECT_TRUE(is_utf8(text)) << text;
  for (const std::string_view text : {"gr\xFCn"sv, "a\xE2\x82"sv, "\0"sv}) EXPECT_FALSE(is_utf8(text));
}

TEST(Utf8, AppendsCodePoints) {
  std::string text;
  for (const char32_t point : {U'a', U'é', U'€', U'🙋'}) append_utf8(text, point);
  EXPECT_EQ(text, "aé€🙋");
  for (const char32_t point : {char32_t{0xD800}, char32_t{0x110000}}) {
    text.clear();
    append_utf8(text, point);
    EXPECT_FALSE(is_utf8(text));
  }
}

}  // namespace
}  // namespace lockstep
