// NumPy's files: every type of value and version of the header, and archives, of which nothing damaged is read.
#include "data/npy_arrays.hpp"

#include <zlib.h>

#include "data_files.hpp"

namespace lockstep {
namespace {

using std::string_literals::operator""s;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

std::string little(std::uint64_t number, std::size_t size) {
  std::string bytes;
  for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(number >> 8 * i & 0xFFU);
  return bytes;
}

/// A .npy file of this type and shape, as NumPy writes both.
std::string npy(const std::string& type, const std::string& shape, const std::string& values, int version = 1,
                bool fortran = false) {
  const std::string text =
      fmt::format("{{'descr': '{}', 'fortran_order': {}, 'shape': {}, }}\n", type, fortran ? "True" : "False", shape);
  return "\x93NUMPY"s + static_cast<char>(version) + '\0' + little(text.size(), version == 1 ? 2 : 4) + text + values;
}

std::string deflated(const std::string& content) {
  std::string out(content.size() + 100, '\0');
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 9, Z_DEFAULT_STRATEGY);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

struct Member {
  std::string name;
  std::string content;
  bool packed = false;
};

/// A zip archive as numpy.savez writes it, with the fields of zip64 in its local headers.
std::string npz(const std::vector<Member>& members) {
  std::string archive;
  std::string directory;
  for (const Member& member : members) {
    const std::string bytes = member.packed ? deflated(member.content) : member.content;
    const auto sum =
        crc32(0, reinterpret_cast<const Bytef*>(member.content.data()), static_cast<uInt>(member.content.size()));
    const std::string name = member.name + ".npy";
    const std::string about = little(0, 2) + little(member.packed ? 8 : 0, 2) + little(0, 4) + little(sum, 4);
    const std::string sizes = little(bytes.size(), 4) + little(member.content.size(), 4) + little(name.size(), 2);
    directory += "PK\1\2" + little(45, 2) + little(45, 2) + about + sizes + little(0, 2) + little(0, 2) + little(0, 8) +
                 little(archive.size(), 4) + name;
    archive += "PK\3\4" + little(45, 2) + about + std::string(8, '\xff') + little(name.size(), 2) + little(20, 2) +
               name + little(1, 2) + little(16, 2) + little(member.content.size(), 8) + little(bytes.size(), 8) + bytes;
  }
  return archive + directory + "PK\5\6" + little(0, 4) + little(members.size(), 2) + little(members.size(), 2) +
         little(directory.size(), 4) + little(archive.size(), 4) + little(0, 2);
}

class NpyTest : public DataFilesTest {
 protected:
  [[nodiscard]] std::unique_ptr<Array> open(const std::string& content) const {
    return open_npy_arrays({write("x.npy", content), {}, {}})->open("features");
  }
  [[nodiscard]] std::vector<double> numbers(const std::string& content) const { return open(content)->numbers(); }
  [[nodiscard]] std::string message_about(const std::string& content) const {
    const std::string message = bad_input_of([&] { return numbers(content); });
    EXPECT_THAT(message, HasSubstr(path("x.npy")));
    return message;
  }
  [[nodiscard]] std::string archive_message(const std::string& content) const {
    return bad_input_of([&] { return open_npy_arrays({write("x.npz", content), {}, {}})->open("x")->numbers(); });
  }
};

TEST_F(NpyTest, ReadsEveryTypeOfNumberInEitherOrderOfBytes) {
  EXPECT_THAT(numbers(npy("|b1", "(2,)", "\0\1"s)), ElementsAre(0, 1));
  EXPECT_THAT(numbers(npy("|u1", "(2,)", "\1\xff"s)), ElementsAre(1, 255));
  EXPECT_THAT(numbers(npy("|i1", "(2,)", "\1\xff"s)), ElementsAre(1, -1));
  EXPECT_THAT(numbers(npy("<u2", "(1,)", "\1\2"s)), ElementsAre(513));
  EXPECT_THAT(numbers(npy(">i2", "(2,)", "\1\2\xff\xfe"s)), ElementsAre(258, -2));
  EXPECT_THAT(numbers(npy("<i4", "(1,)", "\xfe\xff\xff\xff"s)), ElementsAre(-2));
  EXPECT_THAT(numbers(npy(">u4", "(1,)", "\x80\0\0\0"s)), ElementsAre(2147483648.0));
  EXPECT_THAT(numbers(npy("<i8", "(1,)", std::string(8, '\xff'))), ElementsAre(-1));
  EXPECT_THAT(numbers(npy("<u8", "(1,)", "\1\0\0\0\0\0\0\0"s)), ElementsAre(1));
  EXPECT_THAT(numbers(npy("<f4", "(2,)", "\0\0\xc0\x3f\0\0\x80\xbf"s)), ElementsAre(1.5, -1));
  EXPECT_THAT(numbers(npy(">f8", "(1,)", "\x40\x09\x21\xfb\x54\x44\x2d\x18"s)), ElementsAre(3.141592653589793));
}

TEST_F(NpyTest, ReadsSomeRowsAnywhere) {
  const std::unique_ptr<Array> array = open(npy(">i2", "(4, 2)", "\0\1\0\2\0\3\0\4\0\5\0\6\0\7\0\x8"s));
  for (int twice = 0; twice < 2; ++twice) {
    const std::unique_ptr<Array> rows = array->rows({1, 3});
    EXPECT_THAT(rows->shape(), ElementsAre(2, 2));
    EXPECT_EQ(rows->first_row(), 1U);
    EXPECT_THAT(rows->numbers(), ElementsAre(3, 4, 5, 6));
    EXPECT_THAT(array->rows({3, 4})->numbers(), ElementsAre(7, 8));
  }
  EXPECT_EQ(open(npy("|u1", "(2, 2)", "abcd", 1, true))->rows({0, 1}), nullptr) << "Fortran's order";
  EXPECT_THAT(bad_input_of([&] {
                return open(npy("|u1", "(9, 2)", "abcd"))->rows({1, 3})->numbers();
              }),
              HasSubstr("ends after 2 of the 2 x 2 = 4 values"));
}

TEST_F(NpyTest, ReadsRowsInTheirOrder) {
  const std::unique_ptr<Array> array = open(npy("|u1", "(5, 2)", "abcdefghij"));
  EXPECT_TRUE(array->is_read_in_parts());
  EXPECT_THAT(array->next_rows(2)->numbers(), ElementsAre('a', 'b', 'c', 'd'));
  const std::unique_ptr<Array> rest = array->next_rows(3);
  EXPECT_EQ(rest->first_row(), 2U);
  EXPECT_THAT(rest->numbers(), ElementsAre('e', 'f', 'g', 'h', 'i', 'j'));
  EXPECT_FALSE(open(npy("|u1", "(2, 2)", "abcd", 1, true))->is_read_in_parts()) << "Fortran's order";
  const std::unique_ptr<Array> longer = open(npy("|u1", "(3, 1)", "abcd"));
  EXPECT_THAT(longer->next_rows(2)->numbers(), ElementsAre('a', 'b'));
  EXPECT_THAT(bad_input_of([&] { return longer->next_rows(1)->numbers(); }), HasSubstr("holds more than the 1 x 1"));
}

TEST_F(NpyTest, ReadsHalfPrecision) {
  // 1, -2, the largest, the least above 0, 1/3 and infinity.
  EXPECT_THAT(numbers(npy("<f2", "(6,)", "\0\x3c\0\xc0\xff\x7b\1\0\x55\x35\0\x7c"s)),
              ElementsAre(1, -2, 65504, 0x1p-24, 0.333251953125, std::numeric_limits<double>::infinity()));
}

TEST_F(NpyTest, ReadsEveryVersionShapeAndOrder) {
  for (const int version : {1, 2, 3}) {
    const std::unique_ptr<Array> array = open(npy("|u1", "(2, 3)", "abcdef", version));
    EXPECT_THAT(array->shape(), ElementsAre(2, 3));
    EXPECT_TRUE(array->holds_bytes());
    EXPECT_THAT(array->bytes(), ElementsAre('a', 'b', 'c', 'd', 'e', 'f'));
  }
  EXPECT_THAT(numbers(npy("|u1", "(2, 3)", "\1\4\2\5\3\6"s, 1, true)), ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_THAT(numbers(npy("|u1", "(2, 1, 2)", "\1\3\2\4"s, 1, true)), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(open(npy("|u1", "()", "\1"s))->shape(), ElementsAre());
  EXPECT_THAT(numbers(npy("<f4", "(0, 3)", "")), ElementsAre());
}

TEST_F(NpyTest, ReadsTexts) {
  EXPECT_THAT(open(npy("|S3", "(2,)", "ab\0cde"s))->texts(), ElementsAre("ab", "cde"));
  EXPECT_THAT(open(npy("<U2", "(2,)", "a\0\0\0\0\0\0\0\xe9\0\0\0\x4b\xf6\1\0"s))->texts(), ElementsAre("a", "é🙋"));
  EXPECT_THAT(open(npy(">U1", "(1,)", "\0\0\0z"s))->texts(), ElementsAre("z"));
  EXPECT_THAT(message_about(npy("|S3", "(1,)", "abc")), HasSubstr("holds texts, where numbers are expected"));
}

TEST_F(NpyTest, RefusesOtherTypesWithTheRemedy) {
  EXPECT_THAT(message_about(npy("|O", "(1,)", "\x80\3"s)),
              AllOf(HasSubstr("Python objects"), HasSubstr("astype(str)")));
  for (const char* type : {"<c8", "<f16", "<M8[ns]", "|V4", "<f1", "<i3", "<i", "", "|b2", "<f99999999999999999999"})
    EXPECT_THAT(message_about(npy(type, "(1,)", std::string(16, '\0'))), HasSubstr("astype(float)")) << type;
  std::string records = npy("X", "(1,)", "");
  records.replace(records.find("'X'"), 3, "[('a', '<f8')]");
  EXPECT_THAT(message_about(records), HasSubstr("several fields"));
}

TEST_F(NpyTest, RefusesWhatIsDamaged) {
  const std::string whole = npy("<f4", "(2,)", std::string(8, '\0'));
  EXPECT_THAT(message_about(whole.substr(0, whole.size() - 1)), HasSubstr("ends after 1 of the 2 = 2 values"));
  EXPECT_THAT(message_about(whole + "x"), HasSubstr("holds more than"));
  EXPECT_THAT(message_about(whole.substr(0, 20)), HasSubstr("ends within its header"));
  EXPECT_THAT(message_about("a,b\n1,2\n"), HasSubstr("not a NumPy file"));
  EXPECT_THAT(message_about(npy("<f4", "(2,)", "", 4)), HasSubstr("version 4"));
  EXPECT_THAT(message_about(npy("<f4", "(99999999999999999999,)", "")), HasSubstr("damaged"));
  EXPECT_THAT(message_about(npy("<f4", "(4294967295, 4294967295, 4294967295)", "")), HasSubstr("no file holds"));
  EXPECT_THAT(message_about(npy("<f4", "(-1,)", "")), HasSubstr("damaged"));
  EXPECT_THAT(message_about(npy("<i8", "(1,)", "\1\0\0\0\0\0\x20\0"s)), HasSubstr("more digits than a float64"));
}

TEST_F(NpyTest, ReadsArchivesStoredAndDeflated) {
  const std::string values = npy("|u1", "(1000,)", std::string(1000, 'a'));
  const std::string file = write("x.npz", npz({{"x", values}, {"group/y", values, true}}));
  const std::unique_ptr<ArrayFile> arrays = open_npy_arrays({file, {}, {}});
  EXPECT_THAT(arrays->names(), ElementsAre("x", "group/y"));
  for (const char* name : {"x", "group/y"}) {
    EXPECT_TRUE(arrays->has(name));
    EXPECT_EQ(arrays->open(name)->bytes(), std::vector<std::uint8_t>(1000, 'a'));
  }
  EXPECT_FALSE(arrays->has("z"));
  EXPECT_THAT(bad_input_of([&] { return arrays->open("z"); }), AllOf(HasSubstr("'z'"), HasSubstr("'x', 'group/y'")));
  EXPECT_THAT(bad_input_of([&] { return open_npy_arrays({file, file, {}}); }), HasSubstr("holds all arrays"));
}

TEST_F(NpyTest, RefusesDamagedArchives) {
  const std::string values = npy("|u1", "(1000,)", std::string(1000, 'a'));
  for (const bool packed : {false, true}) {
    const std::string whole = npz({{"x", values, packed}});
    for (std::size_t i = 0; i < whole.size(); i += 7) EXPECT_FALSE(archive_message(whole.substr(0, i)).empty()) << i;
    std::string flipped = whole;
    flipped[packed ? 120 : 500] ^= 1;
    EXPECT_THAT(archive_message(flipped), HasSubstr("damaged"));
  }
}

TEST_F(NpyTest, TellsItsFilesFromOthers) {
  EXPECT_TRUE(is_npy(write("a", npy("<f4", "(0,)", ""))));
  EXPECT_TRUE(is_npy(write("a.gz", gzip(npy("<f4", "(0,)", "")))));
  EXPECT_TRUE(is_npy(write("b", npz({{"x", npy("<f4", "(0,)", "")}}))));
  EXPECT_FALSE(is_npy(write("c", "a,b\n1,2\n")));
  EXPECT_FALSE(is_npy(write("d", "")));
  EXPECT_THAT(bad_input_of([&] { return is_npy(path("none")); }), HasSubstr("no such file"));
}

}  // namespace
}  // namespace lockstep
