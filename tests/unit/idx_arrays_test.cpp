// IDX files: what is read, and what a file that is none, or is damaged, is answered.
#include "data/idx_arrays.hpp"

#include <string>

#include "data_files.hpp"

namespace lockstep {
namespace {

using std::string_literals::operator""s;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

/// The shape and the bytes of a whole file.
struct IdxBytes {
  Array::Shape sizes;
  std::vector<std::uint8_t> bytes;
};

IdxBytes read_idx(const std::string& path) {
  const std::unique_ptr<Array> array = open_idx_array(path, "features");
  return {array->shape(), array->bytes()};
}

class IdxTest : public DataFilesTest {
 protected:
  /// The message about a file with this content, which must name the file.
  [[nodiscard]] std::string message_about(std::string_view content) const {
    const std::string file = write("file", content);
    std::string message = bad_input_of([&] { return read_idx(file); });
    EXPECT_THAT(message, HasSubstr(file));
    return message;
  }
};

TEST_F(IdxTest, ReadsPlainAndGzipByContent) {
  const std::string content = idx({2, 1, 3}, "\x00\x01\x7f\x80\xfe\xff"s);
  for (const std::string& file : {write("plain.gz", content), write("zipped", gzip(content))}) {
    const IdxBytes array = read_idx(file);
    EXPECT_THAT(array.sizes, ElementsAre(2, 1, 3)) << file;
    EXPECT_THAT(array.bytes, ElementsAre(0, 1, 127, 128, 254, 255)) << file;
    EXPECT_TRUE(is_idx(file)) << file;
  }
}

TEST_F(IdxTest, ReadsArraysWithoutValues) {
  const IdxBytes array = read_idx(write("empty", idx({0, 28}, "")));
  EXPECT_THAT(array.sizes, ElementsAre(0, 28));
  EXPECT_THAT(array.bytes, SizeIs(0));
}

TEST_F(IdxTest, ReadsAnyNumberOfDimensions) {
  std::vector<std::uint32_t> sizes(255, 1);
  sizes.back() = 2;
  EXPECT_THAT(read_idx(write("many", idx(sizes, "ab"))).sizes, SizeIs(255));
  EXPECT_THAT(message_about(idx({}, "a")), HasSubstr("not an IDX file"));
}

TEST_F(IdxTest, ReadsEveryTypeOfNumber) {
  const auto numbers = [&](char type, const std::string& values, std::size_t count) {
    std::string content = idx({static_cast<std::uint32_t>(count)}, values);
    content[2] = type;
    const std::string file = write("numbers", content);
    EXPECT_TRUE(is_idx(file));
    return open_idx_array(file, "features")->numbers();
  };
  EXPECT_THAT(numbers('\x08', "\x01\xff"s, 2), ElementsAre(1, 255));
  EXPECT_THAT(numbers('\x09', "\x01\xff"s, 2), ElementsAre(1, -1));
  EXPECT_THAT(numbers('\x0B', "\x01\x02\xff\xfe"s, 2), ElementsAre(258, -2));
  EXPECT_THAT(numbers('\x0C', "\x80\0\0\0\0\0\x01\0"s, 2), ElementsAre(-2147483648.0, 256));
  EXPECT_THAT(numbers('\x0D', "\x3f\xc0\0\0\xbf\x80\0\0"s, 2), ElementsAre(1.5, -1));
  EXPECT_THAT(numbers('\x0E', "\x40\x09\x21\xfb\x54\x44\x2d\x18"s, 1), ElementsAre(3.141592653589793));
}

TEST_F(IdxTest, ReadsMoreThanItAllocatesAtOnce) {
  std::string values(40'000'000, '\0');
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<char>(i * 31 >> 7);
  for (const std::string& file :
       {write("plain", idx({40, 1'000'000}, values)), write("zipped", gzip(idx({40, 1'000'000}, values)))}) {
    const IdxBytes array = read_idx(file);
    ASSERT_EQ(array.bytes.size(), values.size());
    EXPECT_TRUE(std::equal(values.begin(), values.end(), array.bytes.begin(),
                           [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; }));
  }
}

TEST_F(IdxTest, TellsOtherFilesApart) {
  EXPECT_FALSE(is_idx(write("text", "a,b\n1,2\n")));
  EXPECT_FALSE(is_idx(write("short", "\0\0\x08"s)));
  EXPECT_FALSE(is_idx(write("empty", "")));
  EXPECT_FALSE(is_idx(write("other type", "\0\0\x0A\x01"s)));
  EXPECT_FALSE(is_idx(write("zipped", gzip("a,b\n1,2\n"))));
}

TEST_F(IdxTest, RefusesWhatIsNoIdxFile) {
  EXPECT_THAT(message_about(""), HasSubstr("too short"));
  EXPECT_THAT(message_about("\0\0\x08"s), HasSubstr("too short"));
  EXPECT_THAT(message_about("a,b\n1,2\n"), AllOf(HasSubstr("not an IDX file"), HasSubstr("61 2c 62 0a")));
  EXPECT_THAT(message_about("\0\0\x0A\x01\0\0\0\0"s), AllOf(HasSubstr("the type"), HasSubstr("00 00 0a 01")));
}

TEST_F(IdxTest, RefusesFilesOfTheWrongLength) {
  const std::string whole = idx({2, 3}, "abcdef");
  EXPECT_THAT(message_about(whole.substr(0, 10)), HasSubstr("ends within its header"));
  EXPECT_THAT(message_about(whole.substr(0, 17)), HasSubstr("ends after 5 of the 2 x 3 = 6 values"));
  EXPECT_THAT(message_about(gzip(whole.substr(0, 17))), HasSubstr("ends after 5 of the 2 x 3 = 6 values"));
  EXPECT_THAT(message_about(whole + "g"), HasSubstr("more than the 2 x 3 = 6 values"));
  EXPECT_THAT(message_about(gzip(whole + "g")), HasSubstr("more than the 2 x 3 = 6 values"));
}

TEST_F(IdxTest, DoesNotTrustTheHeaderOfAGarbageFile) {
  constexpr std::uint32_t most = 0xFFFFFFFF;
  EXPECT_THAT(message_about(idx({most, most, most}, "abc")), HasSubstr("no file holds"));
  EXPECT_THAT(message_about(idx({most, most}, "abc")), HasSubstr("ends after 3 of"));
  EXPECT_THAT(message_about(gzip(idx({most, most}, "abc"))), HasSubstr("ends after 3 of"));
  EXPECT_THAT(read_idx(write("zero", idx({most, most, most, 0}, ""))).bytes, SizeIs(0));
}

TEST_F(IdxTest, SaysThatMemoryDoesNotHoldIt) {
  const std::string file = write("sparse", idx({0x40000000, 0x40000000}, ""));
  std::filesystem::resize_file(file, 100'000'000);  // more than a first piece is there
  EXPECT_THAT(bad_input_of([&] { return read_idx(file); }),
              AllOf(HasSubstr(file + ": its data take 1152921505 GB of memory"), HasSubstr("are available")));
}

TEST_F(IdxTest, RefusesDamagedGzip) {
  const std::string whole = gzip(idx({4, 100}, std::string(400, 'x')));
  EXPECT_THAT(message_about(whole.substr(0, whole.size() / 2)), HasSubstr("the gzip data end too early"));
  // All the values are there, but the checksum behind them is not.
  EXPECT_THAT(message_about(whole.substr(0, whole.size() - 8)), HasSubstr("the gzip data end too early"));
  std::string wrong_sum = whole;
  wrong_sum[whole.size() - 6] ^= 1;
  EXPECT_THAT(message_about(wrong_sum), HasSubstr("gzip data are damaged"));
}

TEST_F(IdxTest, SaysWhyAFileCannotBeOpened) {
  EXPECT_THAT(bad_input_of([&] { return read_idx(path("none")); }), HasSubstr("no such file"));
  EXPECT_THAT(bad_input_of([&] { return read_idx(path("")); }), HasSubstr("is a folder"));
  EXPECT_THAT(bad_input_of([&] { return is_idx(path("none")); }), HasSubstr("no such file"));
}

}  // namespace
}  // namespace lockstep
