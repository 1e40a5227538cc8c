// Samples to predict from, read part by part.
#include <cmath>
#include <numeric>

#include "base/hdf5.hpp"
#include "data/load.hpp"
#include "data_files.hpp"

namespace lockstep {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::size_t kSamples = 10;

class LoadFeaturesTest : public DataFilesTest {
 protected:
  LoadFeaturesTest() {
    trained_.source = "train.csv";
    trained_.feature_names = {"x", "y"};
    trained_.feature_shape = {2};
    trained_.output_names = {"no", "yes"};
  }

  /// Sample i has x = i, y = -i, which is NaN in sample `gap`, and the identifier 100 + i.
  std::string write_arrays(std::size_t gap = kSamples, std::size_t identifiers = kSamples) {
    std::vector<double> features;
    for (std::size_t i = 0; i < kSamples; ++i) {
      features.push_back(static_cast<double>(i));
      features.push_back(i == gap ? NAN : -static_cast<double>(i));
    }
    std::vector<std::int64_t> names(identifiers);
    std::iota(names.begin(), names.end(), 100);
    Hdf5File file = Hdf5File::create(path("new.h5"));
    file.write<double>("features", features, {kSamples, 2}, Storage::checked);
    file.write<std::int64_t>("id", names, {identifiers}, Storage::checked);
    file.write_strings("feature_names", trained_.feature_names);
    file.close();
    return path("new.h5");
  }

  /// Reads four samples at a time.
  DatasetInfo load(const std::string& file, DataFormat format, const std::vector<std::string>& keep = {}) {
    parts_.clear();
    return load_features({file, format, keep}, options_, trained_, 4,
                         [this](Dataset part) { parts_.push_back(std::move(part)); });
  }

  [[nodiscard]] std::vector<std::uint64_t> sizes() const {
    std::vector<std::uint64_t> all;
    for (const Dataset& part : parts_) all.push_back(part.info.samples);
    return all;
  }

  DataOptions options_;
  DatasetInfo trained_;
  std::vector<Dataset> parts_;
};

TEST_F(LoadFeaturesTest, ReadsArraysInParts) {
  EXPECT_EQ(load(write_arrays(), DataFormat::hdf5, {"id"}).samples, kSamples);
  EXPECT_THAT(sizes(), ElementsAre(4, 4, 2));
  EXPECT_THAT(parts_[1].values, ElementsAre(4, -4, 5, -5, 6, -6, 7, -7));
  EXPECT_THAT(parts_[2].rows, ElementsAre(8, 9)) << "numbered through";
  EXPECT_EQ(parts_[2].name_of(1), path("new.h5") + ": sample 9");
  EXPECT_EQ(parts_[1].kept.front().values, ColumnValues(std::vector<std::int64_t>{104, 105, 106, 107}));
}

TEST_F(LoadFeaturesTest, KeepsColumnsOfArraysByNameNumberAndPattern) {
  const std::string file = write_arrays();
  const auto kept = [&](const std::vector<std::string>& entries) {
    load(file, DataFormat::hdf5, entries);
    std::vector<std::string> names;
    for (const KeptColumn& column : parts_[1].kept) names.push_back(column.name);
    return names;
  };
  EXPECT_THAT(kept({"y"}), ElementsAre("y"));
  EXPECT_EQ(parts_[1].kept.front().values, ColumnValues(std::vector<double>{-4, -5, -6, -7}));
  EXPECT_EQ(parts_[2].kept.front().values, ColumnValues(std::vector<double>{-8, -9}));
  EXPECT_THAT(kept({"2", "id", "y", "?"}), ElementsAre("y", "id", "x")) << "each once";
  EXPECT_THAT(kept({"i*"}), ElementsAre("id"));
  EXPECT_THAT(kept({"*"}), ElementsAre("x", "y", "id")) << "and no list of names";
  EXPECT_THAT(parts_[1].values, ElementsAre(4, -4, 5, -5, 6, -6, 7, -7)) << "as without";
  for (const char* none : {"3", "z", "z*"})
    EXPECT_THAT(bad_input_of([&] { return load(file, DataFormat::hdf5, {none}); }),
                AllOf(HasSubstr(fmt::format("new.h5: no column fits '{}' of --keep", none)), HasSubstr("'x', 'y'")));
  EXPECT_THAT(bad_input_of([&] { return load(write_arrays(kSamples, 9), DataFormat::hdf5, {"i?"}); }),
              HasSubstr("the shape of 'id' is (9)"));

  const std::vector<double> numbers = {1, 10, 0, 2, 20, NAN, 3, 30, 1};
  Hdf5File words = Hdf5File::create(path("words.h5"));
  words.write<double>("features", numbers, {3, 3}, Storage::checked);
  words.write_strings("feature_words", std::vector<std::string>{"cook", "smith"});
  words.write<std::int64_t>("feature_word_counts", std::vector<std::int64_t>{0, 0, 2}, {3}, Storage::checked);
  words.close();
  trained_.feature_names = {};
  trained_.feature_shape = {3};
  trained_.feature_words = {{}, {}, {"cook", "smith"}};
  options_.gaps.missing = Missing::zero;
  load(path("words.h5"), DataFormat::hdf5, {"3", "column_1"});
  ASSERT_EQ(parts_.front().kept.size(), 2U);
  EXPECT_EQ(parts_.front().kept[0].name, "column_3") << "without a name of its own";
  EXPECT_EQ(parts_.front().kept[0].values, ColumnValues(std::vector<std::string>{"cook", "", "smith"}));
  EXPECT_EQ(parts_.front().kept[1].values, ColumnValues(std::vector<double>{1, 2, 3}));
}

TEST_F(LoadFeaturesTest, NamesSamplesOfArraysByTheirNumbersInTheFile) {
  EXPECT_THAT(bad_input_of([&] { return load(write_arrays(6), DataFormat::hdf5); }),
              HasSubstr("'features' of sample 6, column 'y', is nan"));
  EXPECT_THAT(sizes(), ElementsAre(4));
  EXPECT_THAT(bad_input_of([&] { return load(write_arrays(kSamples, 9), DataFormat::hdf5, {"id"}); }),
              HasSubstr("the shape of 'id' is (9), where one value for each of the 10 samples is expected"));
  trained_.feature_words = {{}, {"-1", "-2", "0"}};
  EXPECT_THAT(bad_input_of([&] { return load(write_arrays(), DataFormat::hdf5); }), HasSubstr("sample 3"));
}

TEST_F(LoadFeaturesTest, ReadsTablesInParts) {
  trained_.feature_words = {{}, {"high", "low"}};
  std::string table = "id,y,x\n";
  for (std::size_t i = 0; i < kSamples; ++i) table += fmt::format("a{},{},{}\n", i, i % 2 == 0 ? "low" : "high", i);
  const DatasetInfo all = load(write("new.csv", table), DataFormat::csv, {"id"});
  EXPECT_EQ(all.samples, kSamples);
  EXPECT_EQ(all.feature_words, trained_.feature_words);
  EXPECT_THAT(sizes(), ElementsAre(4, 4, 2));
  EXPECT_THAT(parts_[2].values, ElementsAre(8, 1, 9, 0));
  EXPECT_THAT(parts_[2].rows, ElementsAre(8, 9));
  EXPECT_TRUE(parts_[2].info.is_of_words(1));
  EXPECT_EQ(parts_[2].kept.front().values, ColumnValues(std::vector<std::string>{"a8", "a9"}));
}

TEST_F(LoadFeaturesTest, RefusesWordsWhereTrainingHasNumbers) {
  trained_.feature_names.clear();
  EXPECT_THAT(bad_input_of([&] { return load(write("new.csv", "1,low\n2,high\n"), DataFormat::csv); }),
              HasSubstr("new.csv: feature 1 has words, and in the training data, train.csv, it has numbers"));
}

TEST_F(LoadFeaturesTest, NamesAllFaultyColumnsOfATable) {
  std::string table = "x,y\n";
  for (std::size_t i = 0; i < kSamples; ++i) table += i == 5 ? "1,?\n" : i == 9 ? "!,1\n" : "1,2\n";
  EXPECT_THAT(bad_input_of([&] { return load(write("new.csv", table), DataFormat::csv); }),
              AllOf(HasSubstr("'x'"), HasSubstr("'y'"), HasSubstr("new.csv:7")));
  EXPECT_THAT(sizes(), ElementsAre(4)) << "none from the first fault on";
}

TEST_F(LoadFeaturesTest, GivesNotesOnAllOnce) {
  const DatasetInfo all = load(write("new.csv", "1;2\n3;4\n5;6\n7;8\n9;10\n"), DataFormat::csv);
  EXPECT_THAT(sizes(), ElementsAre(4, 1));
  EXPECT_THAT(all.notes, ElementsAre(HasSubstr("are taken in their order"), HasSubstr("is read as CSV with")));
  EXPECT_EQ(parts_[0].info.feature_names, trained_.feature_names);
}

}  // namespace
}  // namespace lockstep
