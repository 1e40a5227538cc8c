// NumPy's files: every type of value and version of the header, and archives, of which nothing damaged is read.
#include "data/npy_arrays.hpp"

#include <zlib.h>

#include <cmath>
#include <limits>
#include <numeric>

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

/// A .npy file of this type and shape, as NumPy writes both; the types of records in brackets.
std::string npy(const std::string& type, const std::string& shape, const std::string& values, int version = 1,
                bool fortran = false) {
  const std::string text =
      fmt::format("{{'descr': {}, 'fortran_order': {}, 'shape': {}, }}\n",
                  type.starts_with('[') ? type : "'" + type + "'", fortran ? "True" : "False", shape);
  return "\x93NUMPY"s + static_cast<char>(version) + '\0' + little(text.size(), version == 1 ? 2 : 4) + text + values;
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
    const std::string bytes = member.packed ? deflated(member.content, -MAX_WBITS) : member.content;
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
  EXPECT_THAT(bad_input_of([&] {
                return open(npy("|u1", "(9, 2)", "abcd"))->rows({1, 3})->numbers();
              }),
              HasSubstr("ends after 4 of the 9 x 2 = 18 values"));
}

TEST_F(NpyTest, ReadsRowsInTheirOrder) {
  const std::unique_ptr<Array> array = open(npy("|u1", "(5, 2)", "abcdefghij"));
  EXPECT_TRUE(array->is_read_in_parts());
  EXPECT_THAT(array->rows_in_turn({0, 2})->numbers(), ElementsAre('a', 'b', 'c', 'd'));
  const std::unique_ptr<Array> rest = array->rows_in_turn({2, 5});
  EXPECT_EQ(rest->first_row(), 2U);
  EXPECT_THAT(rest->numbers(), ElementsAre('e', 'f', 'g', 'h', 'i', 'j'));
  for (const bool packed : {false, true}) {
    const std::string content = npy("|u1", "(3, 1)", "abcd");
    const std::unique_ptr<Array> longer = open(packed ? gzip(content) : content);
    EXPECT_THAT(longer->rows_in_turn({0, 2})->numbers(), ElementsAre('a', 'b'));
    EXPECT_THAT(bad_input_of([&] {
                  return longer->rows_in_turn({2, 3})->numbers();
                }),
                HasSubstr("holds more than the 3 x 1"));
    const std::unique_ptr<Array> parts = open(packed ? gzip(content) : content)->rows_in_turn({0, 2});
    EXPECT_THAT(parts->rows_in_turn({0, 1})->numbers(), ElementsAre('a'));
    EXPECT_THAT(parts->rows_in_turn({1, 2})->numbers(), ElementsAre('b')) << "of some rows";
    EXPECT_EQ(parts->rows_in_turn({1, 2})->first_row(), 1U);
  }
}

TEST_F(NpyTest, ReadsSomeRowsOfColumns) {
  const std::string values = "\1\5\x9\2\6\xa\3\7\xb\4\x8\xc";
  const std::string content = npy("|u1", "(3, 2, 2)", values, 1, true);
  // In a row are the values of (0, 0), (0, 1), (1, 0) and (1, 1), of which the file has the third one second.
  const std::unique_ptr<Array> array = open(content);
  EXPECT_TRUE(array->is_read_in_parts());
  EXPECT_GT(array->rows_stored_together(), 1U);
  for (int twice = 0; twice < 2; ++twice) {
    EXPECT_THAT(array->rows({1, 3})->numbers(), ElementsAre(5, 7, 6, 8, 9, 11, 10, 12));
    EXPECT_THAT(array->rows({0, 1})->floats(), ElementsAre(1, 3, 2, 4));
  }
  EXPECT_THAT(array->rows_in_turn({0, 2})->bytes(), ElementsAre(1, 3, 2, 4, 5, 7, 6, 8));
  EXPECT_THAT(array->rows_in_turn({2, 3})->bytes(), ElementsAre(9, 11, 10, 12));
  EXPECT_EQ(array->rows_in_turn({2, 3})->first_row(), 2U);
  EXPECT_THAT(bad_input_of([&] {
                return open(content + "x")->rows_in_turn({2, 3})->bytes();
              }),
              HasSubstr("holds more than the 3 x 2 x 2 = 12"));
  EXPECT_THAT(bad_input_of([&] {
                return open(content.substr(0, content.size() - 1))->rows({2, 3})->bytes();
              }),
              HasSubstr("ends too early for the 3 x 2 x 2 = 12"));
  const std::unique_ptr<Array> stream = open(gzip(content));
  EXPECT_FALSE(stream->is_read_in_parts());
  EXPECT_EQ(stream->rows({0, 1}), nullptr);
  EXPECT_THAT(stream->numbers(), ElementsAre(1, 3, 2, 4, 5, 7, 6, 8, 9, 11, 10, 12));
}

TEST_F(NpyTest, ReadsLargeArraysInColumns) {
  constexpr std::size_t kRows = 70'001;  // of more than a block of the reader
  std::string values;
  for (std::size_t column = 0; column < 5; ++column)
    for (std::size_t row = 0; row < kRows; ++row) values += little(row * 5 + column, 4);
  const std::string content = npy("<u4", fmt::format("({}, 5)", kRows), values, 1, true);
  for (const bool packed : {false, true}) {
    const std::vector<double> numbers = this->numbers(packed ? gzip(content) : content);
    std::vector<double> expected(5 * kRows);
    std::iota(expected.begin(), expected.end(), 0);
    EXPECT_EQ(numbers, expected);
  }
}

TEST_F(NpyTest, TellsWhatFloat32Has) {
  for (const char* type : {"|b1", "|u1", "|i1", "<u2", ">i2", "<f2", "<f4", ">f4"}) {
    const std::string bytes = "\1\0\0\0"s.substr(0, static_cast<std::size_t>(type[2] - '0'));
    const std::unique_ptr<Array> array = open(npy(type, "(1,)", bytes));
    EXPECT_TRUE(array->holds_floats()) << type;
    const std::vector<float> floats = array->floats();
    EXPECT_THAT(numbers(npy(type, "(1,)", bytes)), ElementsAre(floats[0])) << type;
  }
  for (const char* type : {"<i4", "<u4", "<i8", "<f8", "<M8[s]", "|S1"})
    EXPECT_FALSE(open(npy(type, "(0,)", ""))->holds_floats()) << type;
}

TEST_F(NpyTest, ReadsPointsInTimeAsSecondsFrom1970) {
  const auto seconds = [this](const char* unit, std::int64_t number) {
    return numbers(npy(fmt::format("<M8[{}]", unit), "(1,)", little(static_cast<std::uint64_t>(number), 8))).front();
  };
  // As NumPy has them: numpy.datetime64(number, unit) - numpy.datetime64(0, "s"), in seconds.
  EXPECT_EQ(seconds("s", -5), -5);
  EXPECT_EQ(seconds("ms", 1500), 1.5);
  EXPECT_EQ(seconds("us", -1'500'000), -1.5);
  EXPECT_EQ(seconds("ns", 1'700'000'000'123'456'789), 1'700'000'000.123456789);
  EXPECT_EQ(seconds("25s", 2), 50);
  EXPECT_EQ(seconds("m", 2), 120);
  EXPECT_EQ(seconds("h", -1), -3600);
  EXPECT_EQ(seconds("D", 19'000), 19'000 * 86'400.0);
  EXPECT_EQ(seconds("W", 1), 604'800);
  EXPECT_EQ(seconds("M", 1), 31 * 86'400.0);
  EXPECT_EQ(seconds("M", -1), -31 * 86'400.0);
  EXPECT_EQ(seconds("Y", 2), 2 * 365 * 86'400.0);
  EXPECT_EQ(seconds("Y", 3), (3 * 365 + 1) * 86'400.0) << "1972 has a day more";
  EXPECT_EQ(seconds("as", -1'500'000'000'000'000'000), -1.5);
  EXPECT_TRUE(std::isnan(seconds("ns", std::numeric_limits<std::int64_t>::min()))) << "NaT";
  const std::unique_ptr<Array> array = open(npy(">M8[D]", "(1,)", "\0\0\0\0\0\0\0\1"s));
  EXPECT_EQ(array->kind(), ArrayKind::real);
  EXPECT_THAT(array->numbers(), ElementsAre(86'400));
  for (const char* unit : {"D", "Y"})
    EXPECT_THAT(message_about(npy(fmt::format("<M8[{}]", unit), "(1,)", little(std::uint64_t{1} << 62U, 8))),
                HasSubstr("'features' holds a point in time too far away"));
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
  for (const char* type : {"<f16", "<M8", "<M8[x]", "<M8[0s]", "<M4[s]", "<m8[s]", "|V4", "<f1", "<i3", "<i", "", "|b2",
                           "<f99999999999999999999"})
    EXPECT_THAT(message_about(npy(type, "(1,)", std::string(16, '\0'))), HasSubstr("astype(float)")) << type;
  for (const char* type : {"<c8", ">c16"})
    EXPECT_THAT(message_about(npy(type, "(1,)", std::string(16, '\0'))),
                AllOf(HasSubstr("complex numbers"), HasSubstr("array.real, array.imag")));
}

TEST_F(NpyTest, ReadsRecords) {
  const std::string type =
      "[('x', '<i2'), ('', '|V1'), (('a title', \"it's\"), '|S2'), ('n\xe9\\\\', '>u2'), ('z', '<c8')]";
  const std::string record = "\1\0?ab\0\7........"s;
  const std::string other = "\2\0?c\0\0\x8........"s;
  const std::string third = "\3\0?\0\0\0\x9........"s;
  const std::string content = npy(type, "(3,)", record + other + third);
  for (const bool packed : {false, true}) {
    const auto array = open(packed ? gzip(content) : content);
    EXPECT_EQ(array->kind(), ArrayKind::record);
    EXPECT_THAT(array->shape(), ElementsAre(3));
    EXPECT_THAT(array->fields(), ElementsAre("x", "it's", "n\xc3\xa9\\", "z"));
    for (int twice = 0; twice < 2; ++twice) {
      EXPECT_THAT(array->field("n\xc3\xa9\\")->numbers(), ElementsAre(7, 8, 9));
      EXPECT_THAT(array->field("x")->integers(), ElementsAre(1, 2, 3));
      EXPECT_THAT(array->field("it's")->texts(), ElementsAre("ab", "c", ""));
    }
    EXPECT_THAT(bad_input_of([&] { return array->field("z"); }),
                AllOf(HasSubstr("'features['z']'"), HasSubstr("complex")));
    EXPECT_THAT(bad_input_of([&] { return array->field("y"); }), HasSubstr("'features['y']' is not there"));
    EXPECT_THAT(bad_input_of([&] { return array->numbers(); }), HasSubstr("several fields"));
    EXPECT_THAT(bad_input_of([&] { return open(packed ? gzip(content + "x") : content + "x")->field("x")->numbers(); }),
                HasSubstr("holds more than the 3 = 3"));
    const std::string shorter = content.substr(0, content.size() - 1);
    EXPECT_THAT(bad_input_of([&] { return open(packed ? gzip(shorter) : shorter)->field("x")->numbers(); }),
                HasSubstr("ends after 2 of the 3 = 3"));
    const auto turns = open(packed ? gzip(content) : content);
    const auto first = turns->rows_in_turn({0, 1});
    EXPECT_THAT(first->field("x")->numbers(), ElementsAre(1));
    EXPECT_THAT(first->field("it's")->texts(), ElementsAre("ab"));
    const auto rest = turns->rows_in_turn({1, 3});
    EXPECT_EQ(rest->first_row(), 1U);
    EXPECT_THAT(rest->field("x")->numbers(), ElementsAre(2, 3));
    EXPECT_EQ(rest->field("x")->first_row(), 1U);
  }
  const auto array = open(content);
  EXPECT_THAT(array->rows({2, 3})->field("x")->numbers(), ElementsAre(3));
  EXPECT_THAT(array->rows({1, 2})->field("x")->numbers(), ElementsAre(2));
  EXPECT_EQ(open(gzip(content))->rows({1, 2}), nullptr);
}

TEST_F(NpyTest, RefusesRecordsItCannotRead) {
  for (const char* type : {"[]", "[('', '|V4')]", "[('x', '<i2'", "[('x')]", "[('x', '<i2', (2)]", "[('x', '|S0')]",
                           "[('x', '|i1'), ('x', '|i1')]", "[('x', '<i2', (99999999999, 99999999999))]", "[('x\\"})
    EXPECT_THAT(message_about(npy(type, "(1,)", "")), HasSubstr("header is damaged")) << type;
  EXPECT_THAT(message_about(npy("[('x', [('y', '<i2')])]", "(1,)", "")), HasSubstr("'x' of its records holds records"));
  EXPECT_THAT(message_about(npy("[('x', '|O')]", "(1,)", "")), HasSubstr("Python objects"));
  EXPECT_THAT(bad_input_of([&] { return open(npy("[('x', '<i2', (2,))]", "(1,)", ""))->field("x"); }),
              HasSubstr("holds an array in each record"));
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
