// Samples of files that are read some rows at a time.
#include "data/array_rows.hpp"

#include <cmath>
#include <numeric>

#include "base/hdf5.hpp"
#include "data/formats/list.hpp"
#include "data_files.hpp"

namespace lockstep {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::size_t kRowsOfFile = 100;

class ArrayRowsTest : public DataFilesTest {
 protected:
  /// Sample i has the features first + i and NaN or 7, and the label or the target i.
  void write(const std::string& name, double first, const std::string& outputs = "labels", double nan_at = -1) {
    std::vector<double> features;
    std::vector<std::int64_t> numbers;
    for (std::size_t i = 0; i < kRowsOfFile; ++i) {
      features.push_back(first + static_cast<double>(i));
      features.push_back(static_cast<double>(i) == nan_at ? NAN : 7);
      numbers.push_back(static_cast<std::int64_t>(i) % 4);
    }
    Hdf5File file = Hdf5File::create(path(name));
    file.write<double>("features", features, {kRowsOfFile, 2}, Storage::checked);
    file.write<std::int64_t>(outputs, numbers, {kRowsOfFile}, Storage::checked);
    file.close();
  }
  [[nodiscard]] std::unique_ptr<RowReader> open(const std::vector<std::string>& names) const {
    std::vector<DataPart> parts;
    for (const std::string& name : names) parts.push_back({path(name), {}, {}});
    return Hdf5Format::open_rows(parts, DataQuery(options_, {}));
  }

  DataOptions options_;
};

TEST_F(ArrayRowsTest, AreThoseOfAllFiles) {
  write("a.h5", 0);
  write("b.h5", 1000);
  const auto rows = open({"a.h5", "b.h5"});
  EXPECT_EQ(rows->info().samples, 2 * kRowsOfFile);
  EXPECT_EQ(rows->info().feature_shape, std::vector<std::uint64_t>{2});
  EXPECT_THAT(rows->info().output_names, IsEmpty());
  DatasetInfo info = rows->info();
  rows->find_classes({}, 7, info);
  EXPECT_THAT(info.output_names, ElementsAre("0", "1", "2", "3"));
  const Samples some = rows->read({98, 103}, classes_of(info));
  EXPECT_THAT(some.values, ElementsAre(98, 7, 99, 7, 1000, 7, 1001, 7, 1002, 7));
  EXPECT_THAT(some.labels, ElementsAre(2, 3, 0, 1, 2));
  EXPECT_THAT(rows->read({0, 1}, classes_of(info)).values, ElementsAre(0, 7)) << "again from the beginning";
}

TEST_F(ArrayRowsTest, HaveTargets) {
  write("a.h5", 0, "targets");
  const auto rows = open({"a.h5"});
  EXPECT_EQ(rows->info().task, Task::regression);
  EXPECT_THAT(rows->info().output_names, ElementsAre("target"));
  EXPECT_THAT(rows->read({5, 7}, {}).targets, ElementsAre(1, 2));
}

TEST_F(ArrayRowsTest, AreNamedByTheirNumbersInTheFile) {
  write("a.h5", 0);
  write("b.h5", 0, "labels", 42);
  EXPECT_THAT(bad_input_of([&] {
                return open({"a.h5", "b.h5"})->read({140, 150}, {});
              }),
              AllOf(HasSubstr("b.h5: 'features' of sample 42, column 1, is nan")));
  const KnownClasses two{{"0", "1"}, {0, 1}, true};
  EXPECT_THAT(bad_input_of([&] {
                return open({"a.h5"})->read({20, 30}, two);
              }),
              HasSubstr("a.h5: the label of sample 22 is 2, which is none of the 2 classes"));
  DatasetInfo info;
  EXPECT_THAT(bad_input_of([&] {
                open({"a.h5", "b.h5"})->find_classes({{"0", "1", "2"}, {}, false}, 9, info);
                return 0;
              }),
              HasSubstr("a.h5: the label of sample 3 is 3"));
}

TEST_F(ArrayRowsTest, NamesOfClassesAreNoRows) {
  write("a.h5", 0);
  Hdf5File file = Hdf5File::create(path("names.h5"));
  file.write<double>("features", std::vector<double>{1, 2, 3}, {3, 1}, Storage::checked);
  file.write<std::int64_t>("labels", std::vector<std::int64_t>{0, 1, 2}, {3}, Storage::checked);
  file.write_strings("class_names", std::vector<std::string>{"x", "y", "z"});  // as many as there are samples
  file.close();
  const auto rows = open({"names.h5"});
  DatasetInfo info = rows->info();
  rows->find_classes({}, 1, info);
  EXPECT_THAT(info.output_names, ElementsAre("x", "y", "z"));
  EXPECT_THAT(rows->read({1, 2}, classes_of(info)).labels, ElementsAre(1));
}

TEST_F(ArrayRowsTest, ColumnsOfWordsAreRefused) {
  write("a.h5", 0);
  options_.words.categorical = {"1"};
  EXPECT_THAT(bad_input_of([&] { return open({"a.h5"}); }), HasSubstr("a.h5: has columns of words"));
}

TEST_F(ArrayRowsTest, ChunksAreStoredTogether) {
  Hdf5File file = Hdf5File::create(path("chunks.h5"));
  const std::vector<double> values(64);
  file.append<double>("features", values, {2}, 10);
  file.append<double>("features", values, {2}, 10);
  file.append<std::int32_t>("labels", std::vector<std::int32_t>(64, 1), {}, 10);
  file.replace<std::int32_t>("labels", {3, 5}, std::vector<std::int32_t>{2, 3});
  file.close();
  const auto rows = open({"chunks.h5"});
  EXPECT_EQ(rows->rows_stored_together(), 10U);
  DatasetInfo info = rows->info();
  rows->find_classes({}, 100, info);
  EXPECT_THAT(rows->read({2, 6}, classes_of(info)).labels, ElementsAre(0, 1, 2, 0));
}

TEST_F(ArrayRowsTest, CsvTablesAreRefused) {
  EXPECT_THAT(bad_input_of([&] {
                return CsvFormat::open_rows({{"t.csv", {}, {}}}, DataQuery(options_, {}));
              }),
              AllOf(HasSubstr("t.csv"), HasSubstr("lockstep pack")));
}

}  // namespace
}  // namespace lockstep
