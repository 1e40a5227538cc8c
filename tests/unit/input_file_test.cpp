// Plain and gzip files: the bytes, the end, and damage.
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

TEST_F(InputFileTest, ReadsPlainAndGzipInPiecesOfAnySize) {
  std::string text;
  for (std::int64_t i = 0; i < 100'000; ++i) text += std::to_string(i * i);
  for (const std::size_t piece : {1U, 7U, 4096U, 10'000'000U}) {
    EXPECT_TRUE(read(text, piece) == text) << piece;
    EXPECT_TRUE(read(gzip(text), piece) == text) << piece;
  }
  EXPECT_EQ(read(gzip("ab") + gzip("cd"), 3), "abcd");
  EXPECT_EQ(read(gzip(""), 3), "");
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
