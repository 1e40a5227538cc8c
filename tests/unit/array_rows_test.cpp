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
using testing::SizeIs;

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
    DataQuery query(options_, {});
    query.classes.names = options_.classes;
    query.group = options_.group;
    return Hdf5Format::open_rows(parts, query);
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
  const DatasetInfo info = rows->look_through(7, false).info;
  EXPECT_THAT(info.output_names, ElementsAre("0", "1", "2", "3"));
  const Samples some = rows->read({98, 103}, info);
  EXPECT_THAT(some.values, ElementsAre(98, 7, 99, 7, 1000, 7, 1001, 7, 1002, 7));
  EXPECT_THAT(some.labels, ElementsAre(2, 3, 0, 1, 2));
  EXPECT_THAT(rows->read({0, 1}, info).values, ElementsAre(0, 7)) << "again from the beginning";
}

TEST_F(ArrayRowsTest, HaveTargets) {
  write("a.h5", 0, "targets");
  const auto rows = open({"a.h5"});
  EXPECT_EQ(rows->info().task, Task::regression);
  EXPECT_THAT(rows->info().output_names, ElementsAre("target"));
  EXPECT_THAT(rows->read({5, 7}, rows->info()).targets, ElementsAre(1, 2));
}

TEST_F(ArrayRowsTest, AreNamedByTheirNumbersInTheFile) {
  write("a.h5", 0);
  write("b.h5", 0, "labels", 42);
  EXPECT_THAT(bad_input_of([&] {
                const auto rows = open({"a.h5", "b.h5"});
                return rows->read({140, 150}, rows->look_through(9, false).info);
              }),
              AllOf(HasSubstr("b.h5: 'features' of sample 42, column 1, is nan")));
  const auto rows = open({"a.h5"});
  DatasetInfo two = rows->info();
  two.output_names = {"0", "1"};
  EXPECT_THAT(bad_input_of([&] {
                return rows->read({20, 30}, two);
              }),
              HasSubstr("a.h5: the label of sample 22 is 2, which is none of the 2 classes"));
  options_.classes = {"0", "1", "2"};
  EXPECT_THAT(bad_input_of([&] {
                return open({"a.h5", "b.h5"})->look_through(9, false);
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
  const DatasetInfo info = rows->look_through(1, false).info;
  EXPECT_THAT(info.output_names, ElementsAre("x", "y", "z"));
  EXPECT_THAT(rows->read({1, 2}, info).labels, ElementsAre(1));
}

/// Rows of their number and of a word, by its letter: 'a' for the first of the list. "": a gap.
void write_words_to(const std::string& path, const std::vector<std::string>& cells, const std::vector<double>& labels) {
  Hdf5File file = Hdf5File::create(path);
  const std::size_t rows = labels.size();
  std::vector<double> values;
  for (std::size_t row = 0; row < rows; ++row) {
    values.push_back(static_cast<double>(row));
    values.push_back(cells[row].empty() ? NAN : cells[row][0] - 'a');
  }
  file.write<double>("features", values, {rows, 2}, Storage::checked);
  file.write_strings("feature_words", std::vector<std::string>{"pear", "apple", "fig", "never"});
  file.write<std::int64_t>("feature_word_counts", std::vector<std::int64_t>{0, 4}, {2}, Storage::checked);
  file.write<double>("labels", labels, {rows}, Storage::checked);
  file.close();
}

TEST_F(ArrayRowsTest, WordsAreThoseOfAllSamplesInTheirOrder) {
  write_words_to(path("t.h5"), {"c", "", "a", "b", "a"}, {0, 1, 1, 0, 1});
  options_.gaps.missing = Missing::mean;
  const auto rows = open({"t.h5"});
  EXPECT_THAT(rows->info().feature_words, IsEmpty()) << "not known yet";
  const DatasetInfo info = rows->look_through(2, false).info;
  EXPECT_THAT(info.feature_words, ElementsAre(IsEmpty(), ElementsAre("apple", "fig", "pear")));
  const Samples some = rows->read({2, 5}, info);
  EXPECT_THAT(some.values, ElementsAre(2, 2, 3, 0, 4, 2));
  EXPECT_TRUE(std::isnan(rows->read({1, 2}, info).values[1]));

  DataQuery query(options_, {});
  const Dataset whole = Hdf5Format::read({{path("t.h5"), {}, {}}}, query);
  EXPECT_EQ(whole.info.feature_words, info.feature_words) << "as in memory";
  options_.gaps.missing = Missing::drop;
  EXPECT_THAT(open({"t.h5"})->look_through(2, true).rows, ElementsAre(0, 2, 3, 4));
}

TEST_F(ArrayRowsTest, PartsAreTheWholeTable) {
  write_words_to(path("t.h5"), {"c", "b", "a", "b", "a"}, {7, 1, 1, 7, 3});
  const std::vector<DataPart> files = {{path("t.h5"), {}, {}}};
  const DataQuery query(options_, {});
  std::vector<std::size_t> sizes;
  std::vector<double> words;
  std::vector<std::int32_t> labels;
  const PartsRead read = Hdf5Format::read_in_parts(files, query, 2, [&](const Dataset& part) {
    sizes.push_back(part.info.samples);
    for (std::size_t row = 0; row < part.info.samples; ++row) words.push_back(part.values[2 * row + 1]);
    labels.insert(labels.end(), part.labels.begin(), part.labels.end());
  });
  EXPECT_THAT(sizes, ElementsAre(2, 2, 1));
  EXPECT_THAT(read.words, ElementsAre(IsEmpty(), ElementsAre("fig", "apple", "pear"))) << "as they were met";
  EXPECT_THAT(words, ElementsAre(0, 1, 2, 1, 2));
  for (std::int32_t& label : labels) label = read.classes[static_cast<std::size_t>(label)];
  const Dataset whole = Hdf5Format::read(files, query);
  EXPECT_EQ(labels, whole.labels);
  EXPECT_TRUE(same_kind(read.info, whole.info));
}

TEST_F(ArrayRowsTest, ANumberThatStandsForNoWordIsRefused) {
  write_words_to(path("t.h5"), {"a", "z"}, {0, 1});
  EXPECT_THAT(
      bad_input_of([&] { return open({"t.h5"})->look_through(1, false); }),
      HasSubstr("t.h5: sample 1: 'features', column '1', is 25, which stands for none of the column's 4 words"));
}

TEST_F(ArrayRowsTest, SamplesWithGapsAreLeftOut) {
  write("a.h5", 0);
  write("b.h5", 1000, "labels", 3);
  options_.gaps.missing = Missing::drop;
  options_.group = "labels";
  const auto rows = open({"a.h5", "b.h5"});
  const Dataset outputs = rows->look_through(30, true);
  EXPECT_EQ(outputs.info.samples, 2 * kRowsOfFile - 1);
  EXPECT_EQ(outputs.rows[102], 102U);
  EXPECT_EQ(outputs.rows[103], 104U);
  EXPECT_EQ(outputs.labels[103], 0);
  EXPECT_THAT(outputs.groups, SizeIs(outputs.rows.size()));
  EXPECT_THAT(outputs.values, IsEmpty());
  const Samples some = rows->read({101, 105}, outputs.info);
  EXPECT_THAT(some.rows, ElementsAre(0, 1, 3));
  EXPECT_THAT(some.values, ElementsAre(1001, 7, 1002, 7, 1004, 7));
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
  const DatasetInfo info = rows->look_through(100, false).info;
  EXPECT_THAT(rows->read({2, 6}, info).labels, ElementsAre(0, 1, 2, 0));
}

TEST_F(ArrayRowsTest, CsvTablesAreRefused) {
  EXPECT_THAT(bad_input_of([&] {
                return CsvFormat::open_rows({{"t.csv", {}, {}}}, DataQuery(options_, {}));
              }),
              AllOf(HasSubstr("t.csv"), HasSubstr("lockstep pack")));
}

}  // namespace
}  // namespace lockstep
