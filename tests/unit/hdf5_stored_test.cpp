// Arrays of which a part is not in the file are refused, where HDF5 would give zeros; those that are whole are read.
#include <sys/stat.h>

#include <array>
#include <numeric>

#include "base/hdf5.hpp"
#include "data_files.hpp"

namespace lockstep {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr hsize_t kHeight = 4;
constexpr hsize_t kWidth = 2;

class Hdf5StoredTest : public DataFilesTest {
 protected:
  /// An open space of (rows, 2); with rows below 0 one that may grow, of none.
  static Hdf5Handle space(hssize_t rows) {
    const std::array<hsize_t, 2> size{static_cast<hsize_t>(std::max<hssize_t>(rows, 0)), kWidth};
    const std::array<hsize_t, 2> most{rows < 0 ? H5S_UNLIMITED : size[0], kWidth};
    return {H5Screate_simple(2, size.data(), most.data()), H5Sclose};
  }
  static Hdf5Handle properties() { return {H5Pcreate(H5P_DATASET_CREATE), H5Pclose}; }

  /// The numbers 1, 2, ... in an array of (rows, 2).
  void numbers(const std::string& file, std::size_t rows) const {
    std::vector<double> values(rows * kWidth);
    std::iota(values.begin(), values.end(), 1.0);
    Hdf5File whole = Hdf5File::create(path(file));
    whole.write<double>("a", values, {rows, kWidth}, Storage::checked);
    whole.close();
  }

  /// An array `a` with these creation properties, of which `written` rows are written.
  void array(const std::string& file, hid_t creation, hssize_t rows, hsize_t written = 0) const {
    static_cast<void>(Hdf5File::create(path(file)));  // switches HDF5's own messages off
    const Hdf5Handle id(H5Fcreate(path(file).c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose);
    const Hdf5Handle all = space(rows);
    const Hdf5Handle dataset(H5Dcreate2(id, "a", H5T_NATIVE_DOUBLE, all, H5P_DEFAULT, creation, H5P_DEFAULT), H5Dclose);
    ASSERT_GE(dataset, 0);
    if (written == 0) return;
    const std::array<hsize_t, 2> start{0, 0};
    const std::array<hsize_t, 2> count{written, kWidth};
    std::vector<double> values(written * kWidth);
    std::iota(values.begin(), values.end(), 1.0);
    H5Sselect_hyperslab(all, H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr);
    ASSERT_GE(
        H5Dwrite(dataset, H5T_NATIVE_DOUBLE, space(static_cast<hssize_t>(written)), all, H5P_DEFAULT, values.data()),
        0);
  }

  /// A virtual array of 4 rows: rows 0 and 1 from `first`, 2 and 3 from `second`, each a file with two rows.
  void two_sources(const std::string& file, const std::string& first, const std::string& second) const {
    const Hdf5Handle creation = properties();
    const std::array<hsize_t, 2> count{2, kWidth};
    hsize_t row = 0;
    for (const std::string& source : {first, second}) {
      const Hdf5Handle here = space(kHeight);
      const std::array<hsize_t, 2> start{row, 0};
      if (!source.empty()) {
        H5Sselect_hyperslab(here, H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr);
        H5Pset_virtual(creation, here, source.c_str(), "a", space(2));
      }
      row += 2;
    }
    array(file, creation, kHeight);
  }

  /// A virtual array of as many blocks of two rows as there are sources, whose names have a number.
  void numbered_sources(const std::string& file, const std::string& pattern) const {
    const Hdf5Handle creation = properties();
    const Hdf5Handle here = space(-1);
    const std::array<hsize_t, 2> start{0, 0};
    const std::array<hsize_t, 2> block{2, kWidth};
    const std::array<hsize_t, 2> count{H5S_UNLIMITED, 1};
    H5Sselect_hyperslab(here, H5S_SELECT_SET, start.data(), block.data(), count.data(), block.data());
    H5Pset_virtual(creation, here, pattern.c_str(), "a", space(2));
    array(file, creation, -1);
  }

  [[nodiscard]] std::vector<double> read(const std::string& file) const {
    return Hdf5File::open(path(file)).read<double>("a");
  }
  [[nodiscard]] std::string message(const std::string& file) const {
    std::string text = bad_input_of([&] { return read(file); });
    EXPECT_THAT(text, testing::StartsWith(path(file) + ": "));
    return text;
  }
};

TEST_F(Hdf5StoredTest, RefusesWhatWasNeverWritten) {
  array("plain.h5", properties(), kHeight);
  EXPECT_THAT(message("plain.h5"), HasSubstr("nothing was ever written to 'a'"));
  const Hdf5Handle chunked = properties();
  const std::array<hsize_t, 2> chunk{1, kWidth};
  H5Pset_chunk(chunked, 2, chunk.data());
  const double fill = 7;
  H5Pset_fill_value(chunked, H5T_NATIVE_DOUBLE, &fill);
  array("chunks.h5", chunked, kHeight);
  EXPECT_THAT(message("chunks.h5"), HasSubstr("nothing was ever written to 'a'"));
  array("part.h5", chunked, kHeight, 3);
  EXPECT_THAT(message("part.h5"), HasSubstr("only 3 of the 4 chunks of 'a' were ever written"));
  array("whole.h5", chunked, kHeight, 4);
  EXPECT_THAT(read("whole.h5"), testing::ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
}

TEST_F(Hdf5StoredTest, RefusesHugeArraysBeforeMemoryIsAskedFor) {
  const Hdf5Handle chunked = properties();
  const std::array<hsize_t, 2> chunk{100, kWidth};
  H5Pset_chunk(chunked, 2, chunk.data());
  array("huge.h5", chunked, hssize_t{1} << 50U, 100);
  EXPECT_THAT(message("huge.h5"), HasSubstr("only 1 of the 11258999068427 chunks"));
  array("wraps.h5", chunked, hssize_t{1} << 60U, 100);
  EXPECT_THAT(message("wraps.h5"), HasSubstr("chunks of 'a'"));
}

TEST_F(Hdf5StoredTest, ReadsVirtualArraysThatAreWhole) {
  numbers("one.h5", 2);
  numbers("two.h5", 2);
  two_sources("both.h5", "one.h5", path("two.h5"));
  EXPECT_THAT(read("both.h5"), testing::ElementsAre(1, 2, 3, 4, 1, 2, 3, 4));
}

TEST_F(Hdf5StoredTest, NamesTheSourceThatIsMissingOrDamaged) {
  numbers("one.h5", 2);
  two_sources("missing.h5", "one.h5", "none.h5");
  EXPECT_THAT(message("missing.h5"), HasSubstr("its source none.h5 is missing"));
  ASSERT_EQ(mkfifo(path("pipe.h5").c_str(), 0600), 0);
  two_sources("piped.h5", "one.h5", "pipe.h5");
  EXPECT_THAT(message("piped.h5"), HasSubstr("pipe.h5 is not a regular file"));
  static_cast<void>(write("rubbish.h5", "garbage"));
  two_sources("damaged.h5", "one.h5", "rubbish.h5");
  EXPECT_THAT(message("damaged.h5"), HasSubstr(path("rubbish.h5") + " cannot be opened"));
  numbers("short.h5", 1);
  two_sources("cut.h5", "one.h5", "short.h5");
  EXPECT_THAT(message("cut.h5"), AllOf(HasSubstr(path("short.h5")), HasSubstr("its shape is (1, 2)")));
  array("unwritten.h5", properties(), 2);
  two_sources("empty.h5", "one.h5", "unwritten.h5");
  EXPECT_THAT(message("empty.h5"), HasSubstr("nothing was ever written to 'a' of " + path("unwritten.h5")));
}

TEST_F(Hdf5StoredTest, LooksThroughVirtualArraysOfVirtualArrays) {
  numbers("one.h5", 2);
  two_sources("inner.h5", "one.h5", "none.h5");
  const Hdf5Handle creation = properties();
  H5Pset_virtual(creation, space(kHeight), "inner.h5", "a", space(kHeight));
  array("outer.h5", creation, kHeight);
  EXPECT_THAT(message("outer.h5"), HasSubstr("its source none.h5 is missing"));
  numbers("none.h5", 2);
  EXPECT_THAT(read("outer.h5"), testing::ElementsAre(1, 2, 3, 4, 1, 2, 3, 4));
}

TEST_F(Hdf5StoredTest, RefusesVirtualArraysWithGapsOrOfThemselves) {
  numbers("one.h5", 2);
  two_sources("gap.h5", "one.h5", "");
  EXPECT_THAT(message("gap.h5"), HasSubstr("only 4 of 8 values have a source"));
  const Hdf5Handle creation = properties();
  H5Pset_virtual(creation, space(kHeight), "self.h5", "a", space(kHeight));
  array("self.h5", creation, kHeight);
  EXPECT_THAT(message("self.h5"), HasSubstr("is its own source"));
}

TEST_F(Hdf5StoredTest, MissesASourceAmongNumberedOnes) {
  for (const char* name : {"part-0.h5", "part-1.h5", "part-2.h5"}) numbers(name, 2);
  numbered_sources("all.h5", "part-%b.h5");
  EXPECT_EQ(read("all.h5").size(), 12U);
  std::filesystem::remove(path("part-1.h5"));  // HDF5 takes the array to end before it
  EXPECT_THAT(message("all.h5"), HasSubstr("its source part-1.h5 is missing"));
  std::filesystem::remove(path("part-0.h5"));
  EXPECT_THAT(message("all.h5"), HasSubstr("its source part-0.h5 is missing"));
}

TEST_F(Hdf5StoredTest, RefusesExternalFilesThatAreMissingOrCutShort) {
  const Hdf5Handle creation = properties();
  H5Pset_external(creation, path("first.bin").c_str(), 0, 32);
  H5Pset_external(creation, path("second.bin").c_str(), 8, H5F_UNLIMITED);
  array("a.h5", creation, kHeight, kHeight);
  EXPECT_THAT(read("a.h5"), testing::ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
  std::filesystem::resize_file(path("second.bin"), 39);
  EXPECT_THAT(message("a.h5"), AllOf(HasSubstr(path("second.bin")), HasSubstr("has 39 bytes, where 40 are expected")));
  std::filesystem::remove(path("first.bin"));
  EXPECT_THAT(message("a.h5"), AllOf(HasSubstr(path("first.bin")), HasSubstr("No such file")));
}

TEST_F(Hdf5StoredTest, NamesACompressionThatIsNotThere) {
  const Hdf5Handle creation = properties();
  const std::array<hsize_t, 2> chunk{kHeight, kWidth};
  H5Pset_chunk(creation, 2, chunk.data());
  constexpr H5Z_filter_t kLzf = 32000;
  // Registered while the file is written; it changes no byte.
  const H5Z_class2_t lzf{
      H5Z_CLASS_T_VERS,
      kLzf,
      1,
      1,
      "lzf",
      nullptr,
      nullptr,
      [](unsigned, std::size_t, const unsigned*, std::size_t bytes, std::size_t*, void**) { return bytes; }};
  H5Zregister(&lzf);
  H5Pset_filter(creation, kLzf, H5Z_FLAG_OPTIONAL, 0, nullptr);
  array("a.h5", creation, kHeight, kHeight);
  H5Zunregister(kLzf);
  EXPECT_THAT(message("a.h5"), AllOf(HasSubstr("'a' is compressed with lzf (HDF5 filter 32000)"), HasSubstr("gzip")));
}

}  // namespace
}  // namespace lockstep
