// HDF5 files: what is written is read, what is damaged is refused, and errors name the file.
#include "base/hdf5.hpp"

#include <sys/stat.h>

#include <array>
#include <bit>
#include <limits>
#include <numeric>

#include "data_files.hpp"

namespace lockstep {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class Hdf5Test : public DataFilesTest {
 protected:
  /// Closes the file that a test wrote and opens it to read.
  [[nodiscard]] Hdf5File reopen() {
    file_.close();
    return Hdf5File::open(path("a.h5"));
  }
  /// The message about the file, which it must name.
  template <class Call>
  [[nodiscard]] std::string message(Call&& call) {
    std::string text = bad_input_of(call);
    EXPECT_THAT(text, StartsWith(path("a.h5") + ": "));
    return text;
  }

  Hdf5File file_ = Hdf5File::create(path("a.h5"));
};

template <class T>
class Hdf5ElementTest : public Hdf5Test {};
using Elements = testing::Types<float, double, std::int64_t, std::int32_t, std::uint8_t>;
TYPED_TEST_SUITE(Hdf5ElementTest, Elements);

TYPED_TEST(Hdf5ElementTest, ReadsWhatWasWritten) {
  using Limits = std::numeric_limits<TypeParam>;
  const std::vector<TypeParam> values{Limits::lowest(), Limits::max(), Limits::min(), 0, 1, 2};
  this->file_.template write<TypeParam>("group/inner/values", values, {3, 2}, Storage::checked);
  this->file_.template write<TypeParam>("more", values, {6}, Storage::extendable);
  const Hdf5File file = this->reopen();
  EXPECT_THAT(file.shape("group/inner/values"), ElementsAre(3, 2));
  EXPECT_THAT(file.read<TypeParam>("group/inner/values"), ElementsAreArray(values));
  EXPECT_EQ(file.holds_bytes("more"), (std::is_same_v<TypeParam, std::uint8_t>));
  std::vector<TypeParam> into(6);
  file.read<TypeParam>("more", into);
  EXPECT_EQ(into, values);
}

TEST_F(Hdf5Test, KeepsTheBitsOfFloats) {
  const std::vector<float> values{-0.0F, std::numeric_limits<float>::quiet_NaN(),
                                  std::numeric_limits<float>::infinity(), std::numeric_limits<float>::denorm_min(),
                                  0.1F};
  file_.write<float>("values", values, {5}, Storage::checked);
  const std::vector<float> read = reopen().read<float>("values");
  for (std::size_t i = 0; i < values.size(); ++i)
    EXPECT_EQ(std::bit_cast<std::uint32_t>(read[i]), std::bit_cast<std::uint32_t>(values[i]));
}

TEST_F(Hdf5Test, KeepsArraysOfSeveralPieces) {
  std::vector<float> values((std::size_t{1} << 25) + 3);  // HDF5 limits a piece to less than 4 GiB, this file to 64 MiB
  std::iota(values.begin(), values.end(), 0.0F);
  file_.write<float>("long", values, {values.size()}, Storage::checked);
  EXPECT_EQ(reopen().read<float>("long"), values);
}

TEST_F(Hdf5Test, ConvertsNumbers) {
  file_.write<std::int32_t>("values", std::vector<std::int32_t>{-1, 300}, {2}, Storage::checked);
  const Hdf5File file = reopen();
  EXPECT_THAT(file.read<double>("values"), ElementsAre(-1.0, 300.0));
  EXPECT_THAT(message([&] { return file.read<std::uint8_t>("values"); }), HasSubstr("beyond what is expected"));
}

TEST_F(Hdf5Test, RefusesIntegersWithMoreDigitsThanADoubleHas) {
  constexpr std::int64_t kExact = std::int64_t{1} << 53U;
  file_.write<std::int64_t>("even", std::vector<std::int64_t>{kExact + 2, -kExact - 2}, {2}, Storage::checked);
  file_.write<std::int64_t>("odd", std::vector<std::int64_t>{1, 2, 3, kExact + 1}, {2, 2}, Storage::checked);
  const Hdf5File file = reopen();
  EXPECT_THAT(file.read<double>("even"), ElementsAre(kExact + 2, -kExact - 2));
  EXPECT_THAT(message([&] { return file.read<double>("odd"); }), HasSubstr("sample 1, column 1 is 9007199254740993"));
  EXPECT_THAT(file.read<std::int64_t>("odd"), ElementsAre(1, 2, 3, kExact + 1));
}

TEST_F(Hdf5Test, ReadsEnumerationsAndBooleansAsNumbers) {
  file_.close();
  {
    const Hdf5Handle raw(H5Fopen(path("a.h5").c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
    const hsize_t size = 3;
    const Hdf5Handle space(H5Screate_simple(1, &size, nullptr), H5Sclose);
    const auto add = [&](const char* name, const std::vector<std::pair<const char*, std::int8_t>>& members,
                         const std::array<std::int8_t, 3>& values) {
      const Hdf5Handle type(H5Tenum_create(H5T_STD_I8LE), H5Tclose);
      for (const auto& [member, value] : members) H5Tenum_insert(type, member, &value);
      const Hdf5Handle dataset(H5Dcreate2(raw, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Dclose);
      ASSERT_GE(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), 0);
    };
    add("flags", {{"FALSE", 0}, {"TRUE", 1}}, {1, 0, 1});
    add("kinds", {{"dog", 7}, {"cat", -1}}, {7, -1, 7});
  }
  const Hdf5File file = Hdf5File::open(path("a.h5"));
  EXPECT_EQ(file.kind("flags"), ArrayKind::boolean);
  EXPECT_EQ(file.kind("kinds"), ArrayKind::enumeration);
  EXPECT_THAT(file.read<double>("flags"), ElementsAre(1, 0, 1));
  EXPECT_THAT(file.read<double>("kinds"), ElementsAre(7, -1, 7));
  EXPECT_THAT(file.enum_members("kinds"), ElementsAre(testing::Pair(-1, "cat"), testing::Pair(7, "dog")));
}

TEST_F(Hdf5Test, ListsWhatIsThereWhereSomethingIsMissed) {
  EXPECT_THAT(file_.list_datasets(), "the file has no datasets");
  file_.write<float>("x_train", std::vector<float>(6), {3, 2}, Storage::checked);
  file_.write<float>("group/y", std::vector<float>(3), {3}, Storage::checked);
  const Hdf5File file = reopen();
  EXPECT_THAT(message([&] { return file.shape("features"); }),
              HasSubstr("no dataset 'features' in it; its datasets are 'group/y' (3), 'x_train' (3, 2)"));
  EXPECT_THAT(message([&] { return file.shape("group"); }), HasSubstr("'group' is a group, not a dataset"));
  EXPECT_EQ(file.kind("x_train"), ArrayKind::real);
}

TEST_F(Hdf5Test, TellsWhereALinkLeadsThatLeadsNowhere) {
  file_.close();
  {
    const Hdf5Handle raw(H5Fopen(path("a.h5").c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
    H5Lcreate_soft("/none", raw, "soft", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_external("other.h5", "/a", raw, "external", H5P_DEFAULT, H5P_DEFAULT);
  }
  const Hdf5File file = Hdf5File::open(path("a.h5"));
  EXPECT_THAT(message([&] { return file.shape("soft"); }),
              HasSubstr("'soft' is a link to '/none', which is not there"));
  EXPECT_THAT(message([&] { return file.shape("external"); }),
              HasSubstr("'external' is a link to '/a' in the file other.h5, which is missing"));
}

TEST_F(Hdf5Test, DoesNotWaitForAPipe) {
  ASSERT_EQ(mkfifo(path("pipe.h5").c_str(), 0600), 0);
  EXPECT_FALSE(Hdf5File::recognises(path("pipe.h5")));
  EXPECT_THAT(bad_input_of([&] { return Hdf5File::open(path("pipe.h5")); }), HasSubstr("not a regular file"));
}

TEST_F(Hdf5Test, ReadsIntoSpansOfTheRightSizeOnly) {
  file_.write<float>("values", std::vector<float>{1, 2}, {2}, Storage::checked);
  const Hdf5File file = reopen();
  std::vector<float> three(3);
  EXPECT_DEATH(file.read<float>("values", three), "an array is read into a span of its size");
}

TEST_F(Hdf5Test, WritesAsManyValuesAsTheShapeSays) {
  EXPECT_DEATH(file_.write<float>("values", std::vector<float>(5), {2, 3}, Storage::checked),
               "as many values as its shape says");
}

TEST_F(Hdf5Test, KeepsArraysWithoutValues) {
  file_.write<float>("checked", {}, {0, 3}, Storage::checked);
  file_.write<float>("extendable", {}, {0}, Storage::extendable);
  const Hdf5File file = reopen();
  EXPECT_THAT(file.shape("checked"), ElementsAre(0, 3));
  EXPECT_THAT(file.read<float>("checked"), IsEmpty());
  EXPECT_THAT(file.read<float>("extendable"), IsEmpty());
}

TEST_F(Hdf5Test, KeepsStrings) {
  const std::vector<std::string> texts{"", "plain", "T-shirt/top", "größe 尺寸", std::string(100'000, 'x')};
  file_.write_strings("texts", texts);
  file_.write_strings("extendable", texts, Storage::extendable);
  file_.write_strings("none", {});
  file_.write_strings("none_yet", {}, Storage::extendable);
  const Hdf5File file = reopen();
  EXPECT_EQ(file.read_strings("texts"), texts);
  EXPECT_EQ(file.read_strings("extendable"), texts);
  EXPECT_THAT(file.read_strings("none"), IsEmpty());
  EXPECT_THAT(file.read_strings("none_yet"), IsEmpty());
}

TEST_F(Hdf5Test, ReadsStringsOfFixedLengthAsNumPyWritesThem) {
  file_.close();
  {
    const Hdf5Handle raw(H5Fopen(path("a.h5").c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
    const Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
    H5Tset_size(type, 3);
    H5Tset_strpad(type, H5T_STR_NULLPAD);
    const hsize_t size = 3;
    const Hdf5Handle space(H5Screate_simple(1, &size, nullptr), H5Sclose);
    const Hdf5Handle dataset(H5Dcreate2(raw, "texts", type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Dclose);
    ASSERT_GE(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, "catab\0\0\0\0"), 0);
  }
  EXPECT_THAT(Hdf5File::open(path("a.h5")).read_strings("texts"), ElementsAre("cat", "ab", ""));
}

TEST_F(Hdf5Test, KeepsAttributes) {
  file_.write_attribute("text", std::string("größe\n"));
  file_.write_attribute("empty", std::string());
  file_.write_attribute("integer", std::numeric_limits<std::int64_t>::max());
  file_.write_attribute("real", 0.1);
  const Hdf5File file = reopen();
  EXPECT_TRUE(file.has_attribute("text"));
  EXPECT_FALSE(file.has_attribute("none"));
  EXPECT_EQ(file.read_text_attribute("text"), "größe\n");
  EXPECT_EQ(file.read_text_attribute("empty"), "");
  EXPECT_EQ(file.read_integer_attribute("integer"), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(file.read_real_attribute("real"), 0.1);
}

TEST_F(Hdf5Test, KnowsWhatIsThere) {
  file_.write<float>("group/values", std::vector<float>{1}, {1}, Storage::checked);
  const Hdf5File file = reopen();
  EXPECT_EQ(file.path(), path("a.h5"));
  EXPECT_TRUE(file.has("group"));
  EXPECT_TRUE(file.has("group/values"));
  EXPECT_FALSE(file.has("group/none"));
  EXPECT_FALSE(file.has("none/values"));
}

/// Whether a dataset has a Fletcher-32 checksum, and how far it may grow.
std::pair<bool, std::vector<hsize_t>> storage_of(const std::string& path, const char* name) {
  const Hdf5Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
  const Hdf5Handle dataset(H5Dopen2(file, name, H5P_DEFAULT), H5Dclose);
  const Hdf5Handle creation(H5Dget_create_plist(dataset), H5Pclose);
  const Hdf5Handle space(H5Dget_space(dataset), H5Sclose);
  std::vector<hsize_t> limits(static_cast<std::size_t>(H5Sget_simple_extent_ndims(space)));
  H5Sget_simple_extent_dims(space, nullptr, limits.data());
  std::size_t no_values = 0;
  const bool checked =
      H5Pget_filter_by_id2(creation, H5Z_FILTER_FLETCHER32, nullptr, &no_values, nullptr, 0, nullptr, nullptr) >= 0;
  return {checked, limits};
}

TEST_F(Hdf5Test, StoresArraysAsAsked) {
  const std::vector<float> values(6);
  file_.write<float>("checked", values, {3, 2}, Storage::checked);
  file_.write<float>("extendable", values, {3, 2}, Storage::extendable);
  file_.write_strings("texts", std::vector<std::string>{"a"}, Storage::extendable);
  file_.close();
  EXPECT_EQ(storage_of(path("a.h5"), "checked"), std::pair(true, std::vector<hsize_t>{3, 2}));
  EXPECT_EQ(storage_of(path("a.h5"), "extendable").second, (std::vector<hsize_t>{H5S_UNLIMITED, 2}));
  EXPECT_EQ(storage_of(path("a.h5"), "texts").second, (std::vector<hsize_t>{H5S_UNLIMITED}));
}

TEST_F(Hdf5Test, MarksTextsAsUtf8) {
  file_.write_strings("texts", std::vector<std::string>{"größe"});
  file_.write_attribute("text", std::string("größe"));
  file_.close();
  const Hdf5Handle file(H5Fopen(path("a.h5").c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
  const Hdf5Handle dataset(H5Dopen2(file, "texts", H5P_DEFAULT), H5Dclose);
  const Hdf5Handle attribute(H5Aopen(file, "text", H5P_DEFAULT), H5Aclose);
  EXPECT_EQ(H5Tget_cset(Hdf5Handle(H5Dget_type(dataset), H5Tclose)), H5T_CSET_UTF8);
  EXPECT_EQ(H5Tget_cset(Hdf5Handle(H5Aget_type(attribute), H5Tclose)), H5T_CSET_UTF8);
}

TEST_F(Hdf5Test, SaysThatTheDiskIsFull) {
  const std::vector<float> values(10'000);
  const FileSizeLimit full(10'000);
  EXPECT_THAT(failure_of([&] {
                file_.write<float>("values", values, {10'000}, Storage::checked);
                file_.close();
              }),
              AllOf(StartsWith(path("a.h5") + ": cannot write"), HasSubstr("File too large")));
}

TEST_F(Hdf5Test, CreatesInPlaceOfWhatWasThere) {
  file_.write_attribute("old", 1.0);
  file_.close();
  Hdf5File::create(path("a.h5")).close();
  EXPECT_FALSE(Hdf5File::open(path("a.h5")).has_attribute("old"));
}

TEST_F(Hdf5Test, SaysWhyAFileCannotBeCreated) {
  EXPECT_THAT(failure_of([&] { Hdf5File::create(path("none/a.h5")); }),
              AllOf(StartsWith(path("none/a.h5") + ": cannot create: "), HasSubstr("No such file or directory")));
}

TEST_F(Hdf5Test, RefusesANameThatIsTaken) {
  const std::vector<float> one(1);
  file_.write<float>("values", one, {1}, Storage::checked);
  EXPECT_THAT(failure_of([&] { file_.write<float>("values", one, {1}, Storage::checked); }),
              AllOf(StartsWith(path("a.h5") + ": "), HasSubstr("values")));
  file_.write_attribute("one", 1.0);
  EXPECT_THAT(failure_of([&] { file_.write_attribute("one", 1.0); }),
              AllOf(StartsWith(path("a.h5") + ": "), HasSubstr("attribute one")));
}

TEST_F(Hdf5Test, SaysWhyAFileCannotBeOpened) {
  EXPECT_THAT(bad_input_of([&] { Hdf5File::open(path("none.h5")); }), path("none.h5") + ": no such file");
  for (const std::string& other : {write("text.h5", "a,b\n"), write("empty.h5", ""), path("")}) {
    EXPECT_FALSE(Hdf5File::recognises(other));
    EXPECT_THAT(bad_input_of([&] { Hdf5File::open(other); }), StartsWith(other + ": not an HDF5 file"));
  }
  EXPECT_FALSE(Hdf5File::recognises(path("none.h5")));
  file_.close();
  EXPECT_TRUE(Hdf5File::recognises(path("a.h5")));
}

TEST_F(Hdf5Test, NamesWhatIsNotThere) {
  const Hdf5File file = reopen();
  EXPECT_THAT(message([&] { return file.read<float>("none"); }), HasSubstr("no dataset 'none'"));
  EXPECT_THAT(message([&] { return file.shape("none/values"); }), HasSubstr("no dataset 'none/values'"));
  EXPECT_THAT(message([&] { return file.holds_bytes("none"); }), HasSubstr("no dataset 'none'"));
  EXPECT_THAT(message([&] { return file.read_strings("none"); }), HasSubstr("no dataset 'none'"));
  EXPECT_THAT(message([&] { return file.read_text_attribute("none"); }), HasSubstr("no attribute 'none'"));
  EXPECT_THAT(message([&] { return file.read_integer_attribute("none"); }), HasSubstr("no attribute 'none'"));
  EXPECT_THAT(message([&] { return file.read_real_attribute("none"); }), HasSubstr("no attribute 'none'"));
}

TEST_F(Hdf5Test, NamesWhatHasAnotherType) {
  file_.write<float>("group/values", std::vector<float>{1}, {1}, Storage::checked);
  file_.write_strings("texts", std::vector<std::string>{"1"});
  file_.write_attribute("text", std::string("1"));
  file_.write_attribute("real", 1.0);
  const Hdf5File file = reopen();
  EXPECT_THAT(message([&] { return file.read<float>("texts"); }), HasSubstr("'texts'"));
  EXPECT_THAT(message([&] { return file.read_strings("group/values"); }), HasSubstr("'group/values'"));
  EXPECT_THAT(message([&] { return file.read<float>("group"); }), HasSubstr("'group'"));
  EXPECT_THAT(message([&] { return file.read_real_attribute("text"); }), HasSubstr("'text'"));
  EXPECT_THAT(message([&] { return file.read_integer_attribute("text"); }), HasSubstr("'text'"));
  EXPECT_THAT(message([&] { return file.read_text_attribute("real"); }), HasSubstr("'real'"));
}

TEST_F(Hdf5Test, RefusesATruncatedFile) {
  file_.write<float>("values", std::vector<float>(10'000), {10'000}, Storage::checked);
  file_.close();
  std::filesystem::resize_file(path("a.h5"), 20'000);
  EXPECT_THAT(message([&] { return Hdf5File::open(path("a.h5")); }), HasSubstr("truncated"));
}

TEST_F(Hdf5Test, RefusesCheckedDataWithAnotherByte) {
  std::vector<std::uint8_t> values(1000);
  std::iota(values.begin(), values.end(), std::uint8_t{});
  file_.write<std::uint8_t>("group/values", values, {1000}, Storage::checked);
  file_.close();
  std::string content = read_file(path("a.h5"));
  const std::size_t data = content.find(std::string(values.begin(), values.end()));
  ASSERT_NE(data, std::string::npos);
  for (const std::size_t place : {0U, 500U, 999U}) {
    content[data + place] ^= 0x10;
    static_cast<void>(write("a.h5", content));
    const Hdf5File file = Hdf5File::open(path("a.h5"));
    EXPECT_THAT(message([&] { return file.read<std::uint8_t>("group/values"); }), HasSubstr("'group/values'"));
    content[data + place] ^= 0x10;
  }
}

}  // namespace
}  // namespace lockstep
