// Plain and compressed files: the bytes, the end, and damage.
#include "data/input_file.hpp"

#include <array>
#include <span>

#include "data_files.hpp"

namespace lockstep {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class InputFileTest : public DataFilesTest {
 protected:
  /// All that a file with this content gives when it is read in pieces.
  [[nodiscard]] std::string read(std::string_view content, std::size_t piece) const {
    InputFile file(write("file", content));
    std::string all;
    std::string part(piece, '\0');
    do {
      part.resize(file.read(std::as_writable_bytes(std::span(part))));
      all += part;
    } while (part.size() == piece);
    return all;
  }
  [[nodiscard]] std::string message_about(std::string_view content) const {
    std::string message = bad_input_of([&] { return read(content, 64); });
    EXPECT_THAT(message, HasSubstr(path("file") + ": "));
    return message;
  }
};

TEST_F(InputFileTest, ReadsPlainAndCompressedFilesInPiecesOfAnySize) {
  std::string text;
  for (std::int64_t i = 0; i < 100'000; ++i) text += std::to_string(i * i);
  for (const std::size_t piece : {1U, 7U, 4096U, 10'000'000U}) {
    EXPECT_TRUE(read(text, piece) == text) << piece;
    for (const auto compressed : {gzip, zstd, xz}) EXPECT_TRUE(read(compressed(text), piece) == text) << piece;
  }
  for (const auto compressed : {gzip, zstd, xz}) {
    EXPECT_EQ(read(compressed("ab") + compressed("cd"), 3), "abcd");
    EXPECT_EQ(read(compressed("ab") + std::string(8, '\0'), 3), "ab");
    EXPECT_EQ(read(compressed(""), 3), "");
  }
  const std::string skipped("\x52\x2A\x4D\x18\x03\0\0\0abc", 11);  // a frame that holds no data
  EXPECT_EQ(read(skipped + zstd("ab") + skipped + zstd("cd"), 64), "abcd");
  EXPECT_EQ(read("P*", 3), "P*");
  EXPECT_EQ(read("", 3), "");
}

TEST_F(InputFileTest, RefusesDamagedGzip) {
  const std::string whole = gzip(idx({4, 100}, std::string(400, 'x')));
  for (std::size_t kept : {std::size_t{12}, whole.size() / 2, whole.size() - 8, whole.size() - 1})
    EXPECT_THAT(message_about(std::string_view(whole).substr(0, kept)), HasSubstr("the gzip data end too early"))
        << kept << " of " << whole.size();

  std::string wrong_sum = whole;
  wrong_sum[whole.size() - 6] ^= 1;
  EXPECT_THAT(message_about(wrong_sum), AllOf(HasSubstr("gzip data are damaged"), HasSubstr("incorrect data check")));
  std::string wrong_method = whole;
  wrong_method[2] = 1;
  EXPECT_THAT(message_about(wrong_method), HasSubstr("gzip data are damaged"));
}

TEST_F(InputFileTest, RefusesDamagedZstdAndXz) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += std::to_string(i * i);
  for (const auto& [name, whole] : {std::pair{"zstd", zstd(text)}, {"xz", xz(text)}}) {
    for (const std::size_t kept : {std::size_t{12}, whole.size() / 2, whole.size() - 1})
      EXPECT_THAT(message_about(std::string_view(whole).substr(0, kept)),
                  HasSubstr(fmt::format("the {} data end too early", name)))
          << kept << " of " << whole.size();
    std::string damaged = whole;
    for (std::size_t i = 12; i < 40; ++i) damaged[i] ^= 0x55;
    EXPECT_THAT(message_about(damaged), HasSubstr(fmt::format("the {} data are damaged", name)));
    EXPECT_THAT(message_about(whole + "rest"), HasSubstr(fmt::format("something else follows the {} data", name)));
  }
}

TEST_F(InputFileTest, RefusesWhatFollowsAMemberAndIsNone) {
  const std::string first = gzip("first");
  std::string damaged = gzip("second");
  for (const std::size_t place : {0U, 1U, 2U}) {  // the magic bytes and the method
    std::string other = damaged;
    other[place] ^= 1;
    EXPECT_THAT(message_about(first + other),
                testing::AnyOf(HasSubstr("something else follows the gzip data"), HasSubstr("gzip data are damaged")))
        << place;
  }
  EXPECT_THAT(message_about(first + damaged.substr(0, 5)), HasSubstr("the gzip data end too early"));
  EXPECT_THAT(message_about(first + "rest"), HasSubstr("something else follows the gzip data"));
  EXPECT_THAT(message_about(first + std::string(600'000, '\0') + "x"), HasSubstr("something else follows"));
  EXPECT_EQ(read(first + damaged + std::string(600'000, '\0'), 64), "firstsecond");  // as tapes fill up their blocks
}

TEST_F(InputFileTest, KnowsHowMuchIsDone) {
  InputFile file(write("file", std::string(1000, 'x')));
  EXPECT_EQ(file.done(), 0);
  std::array<std::byte, 250> part{};
  static_cast<void>(file.read(part));
  EXPECT_EQ(file.done(), 0.25);
}

TEST_F(InputFileTest, SaysWhyAFileCannotBeOpened) {
  EXPECT_THAT(bad_input_of([&] { InputFile file(path("none")); }), HasSubstr("no such file"));
}

}  // namespace
}  // namespace lockstep
