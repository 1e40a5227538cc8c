// Training and test sets: what fits together, the random split, and features to predict from.
#include "data/load.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/hdf5.hpp"
#include "data_files.hpp"

namespace lockstep {
namespace {

using std::string_literals::operator""s;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class LoadTest : public DataFilesTest {
 protected:
  /// Images of two bytes each with their labels, in two IDX files.
  [[nodiscard]] DataFile images(const std::string& name, const std::string& pixels, const std::string& labels) const {
    const auto count = static_cast<std::uint32_t>(pixels.size() / 2);
    return {write(name + "-images", idx({count, 1, 2}, pixels)),
            write(name + "-labels", gzip(idx({static_cast<std::uint32_t>(labels.size())}, labels)))};
  }

  [[nodiscard]] DataFile table(const std::string& name, std::string_view content) const {
    return {write(name, content), {}};
  }

  [[nodiscard]] DataFile hdf5(const std::string& name, const std::vector<float>& features, const Hdf5File::Shape& shape,
                              const std::string& outputs, const std::vector<float>& values) const {
    Hdf5File file = Hdf5File::create(path(name));
    file.write<float>("features", features, shape, Storage::checked);
    file.write<float>(outputs, values, {values.size()}, Storage::checked);
    file.close();
    return {path(name), {}};
  }
};

DataOptions idx_options(DataFile train, DataFile test) {
  DataOptions options;
  options.train = std::move(train);
  options.test = std::move(test);
  return options;
}

DataOptions csv_options(DataFile train, DataFile test) {
  DataOptions options = idx_options(std::move(train), std::move(test));
  options.format = DataFormat::csv;
  options.target = {"y"};
  return options;
}

DataOptions hdf5_options(DataFile train, DataFile test) {
  DataOptions options = idx_options(std::move(train), std::move(test));
  options.format = DataFormat::hdf5;
  return options;
}

std::string message_about(const DataOptions& options, bool cross_entropy = true) {
  return bad_input_of([&] { return load_parts(options, cross_entropy, 1); });
}

TEST_F(LoadTest, ReadsImagesAndLabels) {
  const auto [train, test, validation] =
      load_parts(idx_options(images("train", "abcdef", "\0\2\1"s), images("test", "xy", "\1"s)), true, 1);
  EXPECT_EQ(train.info.source, path("train-images"));
  EXPECT_EQ(train.info.task, Task::classification);
  EXPECT_EQ(train.info.samples, 3U);
  EXPECT_TRUE(train.info.bytes);
  EXPECT_THAT(train.info.feature_shape, ElementsAre(1, 2));
  EXPECT_THAT(train.info.output_names, ElementsAre("0", "1", "2"));
  EXPECT_THAT(train.bytes, ElementsAre('a', 'b', 'c', 'd', 'e', 'f'));
  EXPECT_THAT(train.labels, ElementsAre(0, 2, 1));
  EXPECT_EQ(test.info.samples, 1U);
  EXPECT_THAT(test.info.output_names, ElementsAre("0", "1", "2"));
  EXPECT_THAT(test.bytes, ElementsAre('x', 'y'));
  EXPECT_THAT(test.labels, ElementsAre(1));
}

TEST_F(LoadTest, NamesTheClassesOfImages) {
  DataOptions options = idx_options(images("train", "abcd", "\0\1"s), images("test", "xy", "\2"s));
  options.classes = {"shirt", "coat", "bag"};
  const auto [train, test, validation] = load_parts(options, false, 1);
  EXPECT_THAT(train.info.output_names, ElementsAre("shirt", "coat", "bag"));
  EXPECT_THAT(test.info.output_names, ElementsAre("shirt", "coat", "bag"));
}

TEST_F(LoadTest, ReadsFashionMnist) {
  const std::string folder = "/usr/share/datasets/fashion-mnist/";
  const auto [train, test, validation] =
      load_parts(idx_options({folder + "train-images-idx3-ubyte.gz", folder + "train-labels-idx1-ubyte.gz"},
                             {folder + "t10k-images-idx3-ubyte.gz", folder + "t10k-labels-idx1-ubyte.gz"}),
                 true, 1);
  EXPECT_EQ(train.info.samples, 60000U);
  EXPECT_EQ(test.info.samples, 10000U);
  EXPECT_THAT(train.info.feature_shape, ElementsAre(28, 28));
  for (std::int32_t label = 0; label < 10; ++label) {
    EXPECT_EQ(std::count(train.labels.begin(), train.labels.end(), label), 6000);
    EXPECT_EQ(std::count(test.labels.begin(), test.labels.end(), label), 1000);
  }
}

TEST_F(LoadTest, RefusesImagesAndLabelsThatDoNotBelongTogether) {
  const DataFile right = images("right", "abcd", "\0\1"s);
  EXPECT_THAT(
      message_about(idx_options(images("train", "abcdef", "\0\1"s), right)),
      AllOf(HasSubstr(path("train-images") + " holds 3 samples"), HasSubstr(path("train-labels") + " holds 2")));
  EXPECT_THAT(message_about(idx_options(right, images("test", "ab", "\0\0"s))), HasSubstr(path("test-images")));
  EXPECT_THAT(message_about(idx_options({right.labels.text(), right.path.text()}, right)),
              AllOf(HasSubstr(right.labels.text()), HasSubstr("exchanged")));
  EXPECT_THAT(message_about(idx_options({right.path.text(), right.path.text()}, right)),
              HasSubstr("the shape of 'labels' is (2, 1, 2), where one label for each sample"));
  EXPECT_THAT(message_about(idx_options({right.path.text(), ""}, right)),
              HasSubstr("the labels or the targets another"));
  EXPECT_THAT(message_about(idx_options({right.path.text(), path("none")}, right)),
              HasSubstr(path("none") + ": no such file"));
}

TEST_F(LoadTest, RefusesLabelsWithoutAClass) {
  DataOptions options = idx_options(images("train", "abcd", "\0\1"s), images("test", "abcdef", "\0\1\2"s));
  EXPECT_THAT(message_about(options),
              HasSubstr(path("test-labels") +
                        ": the label of sample 2 is 2, which is none of the 2 classes of the training data"));
  options.classes = {"one"};
  EXPECT_THAT(message_about(options),
              HasSubstr(path("train-labels") + ": the label of sample 1 is 1, which is none of the 1 classes"));
}

TEST_F(LoadTest, RefusesClassesWithOneName) {
  DataOptions options = idx_options(images("train", "abcd", "\0\1"s), images("test", "ab", "\0"s));
  options.classes = {"shirt", "coat", "shirt"};
  EXPECT_THAT(message_about(options), HasSubstr("'shirt' stands twice among its classes"));
}

TEST_F(LoadTest, RefusesSetsWithoutSamples) {
  const DataFile right = images("right", "abcd", "\0\1"s);
  EXPECT_THAT(message_about(idx_options(images("train", "", ""), right)), HasSubstr("no samples"));
  EXPECT_THAT(message_about(idx_options(right, images("test", "", ""))),
              HasSubstr(path("test-images") + ": there are no"));
  const DataFile flat{write("flat", idx({2, 0}, "")), write("labels", idx({2}, "\0\0"s))};
  EXPECT_THAT(message_about(idx_options(flat, right)), HasSubstr("no features"));
}

TEST_F(LoadTest, RefusesATestSetWithOtherFeatures) {
  const DataFile train = images("train", "abcd", "\0\1"s);
  const DataFile wide{write("wide", idx({1, 2, 2}, "abcd")), write("labels", idx({1}, "\0"s))};
  EXPECT_THAT(message_about(idx_options(train, wide)),
              AllOf(HasSubstr(wide.path.text() + ": a sample is 2 x 2 unsigned bytes"),
                    HasSubstr(train.path.text() + ", it is 1 x 2")));

  const DataFile floats = hdf5("floats.h5", {1, 2, 3, 4, 5, 6, 7, 8}, {2, 2, 2}, "labels", {0, 1});
  Hdf5File file = Hdf5File::create(path("bytes.h5"));
  file.write<std::uint8_t>("features", std::vector<std::uint8_t>{1, 2, 3, 4}, {1, 2, 2}, Storage::checked);
  file.write<float>("labels", std::vector<float>{0}, {1}, Storage::checked);
  file.close();
  EXPECT_THAT(message_about(hdf5_options(floats, {path("bytes.h5"), {}})),
              AllOf(HasSubstr("a sample is 2 x 2 unsigned bytes"), HasSubstr("it is 2 x 2 numbers")));
}

TEST_F(LoadTest, ReadsTablesWithTheColumnsAndClassesOfTheTrainingSet) {
  const DataFile train = table("train.csv", "a,b,y\n1,2,dog\n3,4,cat\n");
  const auto [first, test, validation] =
      load_parts(csv_options(train, table("test.csv", "b,y,a,c\n5,dog,6,x\n")), true, 1);
  EXPECT_THAT(test.values, ElementsAre(6, 5));
  EXPECT_THAT(test.labels, ElementsAre(1));
  EXPECT_EQ(test.info.output_names, first.info.output_names);
  EXPECT_THAT(message_about(csv_options(train, table("test.csv", "a,b,y\n1,2,eel\n"))), HasSubstr("'cat', 'dog'"));
  EXPECT_THAT(message_about(csv_options(train, table("test.csv", "a,y\n1,cat\n"))), HasSubstr("no column 'b'"));
}

TEST_F(LoadTest, TellsTheTaskOfATable) {
  DataOptions options = csv_options(table("train.csv", "x,y\n1,2\n3,1\n"), table("test.csv", "x,y\n1,1\n"));
  EXPECT_EQ(load_parts(options, true, 1).train.info.task, Task::classification);
  const auto [train, test, validation] = load_parts(options, false, 1);
  EXPECT_EQ(train.info.task, Task::regression);
  EXPECT_THAT(train.targets, ElementsAre(2, 1));
  EXPECT_THAT(test.targets, ElementsAre(1));
  options.classes = {"2", "1"};
  EXPECT_THAT(load_parts(options, false, 1).train.labels, ElementsAre(0, 1));
  options.target = {"y", "x"};
  EXPECT_THAT(message_about(options), HasSubstr("one target column"));
  options.target = {};
  EXPECT_THAT(message_about(options), HasSubstr("data.target"));
  options.target = {"y", "y"};
  options.classes = {};
  EXPECT_THAT(message_about(options, false), HasSubstr("'y' stands twice among its targets"));
}

TEST_F(LoadTest, TellsTheTaskOfAnHdf5File) {
  const DataFile labels = hdf5("labels.h5", {1, 2}, {2, 1}, "labels", {0, 1});
  const DataFile targets = hdf5("targets.h5", {1, 2}, {2, 1}, "targets", {0, 1});
  EXPECT_EQ(load_parts(hdf5_options(labels, labels), false, 1).test.info.task, Task::classification);
  EXPECT_EQ(load_parts(hdf5_options(targets, targets), false, 1).test.info.task, Task::regression);
  EXPECT_THAT(message_about(hdf5_options(targets, targets)),
              AllOf(HasSubstr(targets.path.text()), HasSubstr("no labels")));
  DataOptions named = hdf5_options(targets, targets);
  named.classes = {"a", "b"};
  EXPECT_THAT(message_about(named, false), HasSubstr("data.classes"));
  EXPECT_THAT(message_about(hdf5_options(labels, targets)),
              HasSubstr(targets.path.text() + ": its labels or targets are not"));
  EXPECT_THAT(message_about(hdf5_options(targets, labels), false),
              HasSubstr(labels.path.text() + ": its labels or targets are not"));
}

TEST_F(LoadTest, RefusesLabelsBesideTargetsUnlessTheTaskIsSaid) {
  Hdf5File file = Hdf5File::create(path("both.h5"));
  file.write<float>("features", std::vector<float>{1, 2}, {2, 1}, Storage::checked);
  file.write<float>("labels", std::vector<float>{0, 1}, {2}, Storage::checked);
  file.write<float>("targets", std::vector<float>{3, 4}, {2}, Storage::checked);
  file.close();
  DataOptions options = hdf5_options({path("both.h5"), {}}, {path("both.h5"), {}});
  EXPECT_THAT(message_about(options, false),
              AllOf(HasSubstr("'labels' and 'targets'"), HasSubstr("train.loss"), HasSubstr("data.classes")));
  EXPECT_EQ(load_parts(options, true, 1).train.info.task, Task::classification);
  options.classes = {"a", "b"};
  EXPECT_EQ(load_parts(options, false, 1).train.info.task, Task::classification);
}

TEST_F(LoadTest, NotesClassesWithoutATrainingSample) {
  DataOptions options = idx_options(images("train", "abcd", "\0\1"s), images("test", "xy", "\2"s));
  options.classes = {"shirt", "coat", "bag"};
  EXPECT_THAT(load_parts(options, true, 1).train.info.notes, ElementsAre("no training sample is of class 'bag'"));
}

/// A table of which each row tells its own number.
std::string numbered_rows(std::size_t count) {
  std::string content = "x,y\n";
  for (std::size_t i = 0; i < count; ++i) content += fmt::format("{},{}\n", i, 1000 + i);
  return content;
}

TEST_F(LoadTest, SplitsIntoPartsThatMakeUpTheWhole) {
  for (const std::size_t count : {2U, 3U, 10U, 101U, 1000U})
    for (const double fraction : {1e-9, 0.1, 0.25, 0.5, 0.999999}) {
      DataOptions options = csv_options(table("all.csv", numbered_rows(count)), {});
      options.test_fraction = fraction;
      const auto [train, test, validation] = load_parts(options, false, 7);
      const double wanted = std::round(static_cast<double>(count) * fraction);
      EXPECT_EQ(test.info.samples, static_cast<std::size_t>(std::clamp(wanted, 1.0, static_cast<double>(count) - 1)));
      EXPECT_EQ(train.info.samples + test.info.samples, count);

      std::set<double> rows;
      for (const Dataset& part : {train, test}) {
        ASSERT_EQ(part.values.size(), part.info.samples);
        ASSERT_EQ(part.targets.size(), part.info.samples);
        EXPECT_TRUE(std::is_sorted(part.values.begin(), part.values.end()));
        for (std::size_t i = 0; i < part.values.size(); ++i) EXPECT_EQ(part.targets[i], part.values[i] + 1000);
        rows.insert(part.values.begin(), part.values.end());
      }
      EXPECT_EQ(rows.size(), count);
    }
}

TEST_F(LoadTest, SplitsByTheSeedAlone) {
  DataOptions options = csv_options(table("all.csv", numbered_rows(100)), {});
  options.test_fraction = 0.3;
  const auto test_rows = [&](std::uint64_t seed) {
    const Dataset test = load_parts(options, false, seed).test;
    return test.values;
  };
  EXPECT_EQ(test_rows(1), test_rows(1));
  EXPECT_NE(test_rows(1), test_rows(2));
}

TEST_F(LoadTest, KeepsGroupsTogether) {
  std::string csv = "x,patient,y\n";
  Hdf5File file = Hdf5File::create(path("all.h5"));
  std::vector<double> values;
  std::vector<std::string> patients;
  for (int i = 0; i < 90; ++i) {
    values.push_back(i);
    patients.push_back(fmt::format("P{:02}", i / 9 * 7 % 10));
    csv += fmt::format("{},{},{}\n", i, patients.back(), i + 1000);
  }
  file.write<double>("features", values, {90, 1}, Storage::checked);
  file.write<double>("targets", values, {90}, Storage::checked);
  file.write_strings("patient", patients);
  file.close();
  DataOptions of_csv = csv_options(table("all.csv", csv), {});
  DataOptions of_hdf5 = hdf5_options({path("all.h5"), ""}, {});
  for (DataOptions* options : {&of_csv, &of_hdf5}) {
    options->test_fraction = 0.3;
    options->validation_fraction = 0.15;
    options->group = "patient";
  }
  const DataParts parts = load_parts(of_csv, false, 3);
  EXPECT_THAT(parts.train.info.feature_names, ElementsAre("x"));
  EXPECT_EQ(parts.test.info.samples, 27U);
  EXPECT_EQ(parts.validation->info.samples, 9U);
  EXPECT_THAT(parts.train.groups, IsEmpty()) << "they have served their purpose";
  for (const Dataset& part : {parts.train, parts.test, *parts.validation})
    for (std::size_t i = 0; i < part.rows.size(); ++i) EXPECT_EQ(part.rows[i] / 9, part.rows[i / 9 * 9] / 9);
  EXPECT_EQ(load_parts(of_hdf5, false, 3).test.rows, parts.test.rows);

  of_csv.group = "2";
  EXPECT_EQ(load_parts(of_csv, false, 3).test.rows, parts.test.rows) << "by number";
  const DatasetInfo trained = parts.train.info;
  of_csv.test = table("test.csv", "x,y\n1,2\n");
  EXPECT_EQ(load_test(of_csv, trained).info.samples, 1U) << "a set that is not split needs no groups";
}

TEST_F(LoadTest, RefusesMissingGroups) {
  DataOptions options = csv_options(table("all.csv", "x,g,y\n1,a,2\n3,NA,4\n5,b,6\n"), {});
  options.test_fraction = 0.3;
  options.group = "g";
  EXPECT_THAT(message_about(options), HasSubstr("all.csv:3: the group of the sample (data.group) is missing"));
  options.group = "h";
  EXPECT_THAT(message_about(options), HasSubstr("there is no column 'h'"));
  Hdf5File file = Hdf5File::create(path("all.h5"));
  const std::vector<double> values = {1, 2, 3};
  file.write<double>("features", values, {3, 1}, Storage::checked);
  file.write<double>("targets", values, {3}, Storage::checked);
  file.write<double>("g", std::vector<double>{1, 2, std::nan("")}, {3}, Storage::checked);
  file.write<double>("short", std::vector<double>{1, 2}, {2}, Storage::checked);
  file.close();
  options = hdf5_options({path("all.h5"), ""}, {});
  options.test_fraction = 0.3;
  options.group = "g";
  EXPECT_THAT(message_about(options), HasSubstr("the group of sample 2, in 'g', is missing"));
  options.group = "short";
  EXPECT_THAT(message_about(options), HasSubstr("one value for each of the 3 samples is expected"));
}

TEST_F(LoadTest, SplitsImagesWithTheirLabels) {
  DataOptions options = idx_options(images("all", "aAbBcCdD", "abcd"), {});
  options.test_fraction = 0.5;
  const auto [train, test, validation] = load_parts(options, true, 3);
  for (const Dataset& part : {train, test}) {
    ASSERT_EQ(part.info.samples, 2U);
    ASSERT_EQ(part.bytes.size(), 4U);
    EXPECT_THAT(part.info.class_values, ElementsAre('a', 'b', 'c', 'd'));
    for (std::size_t i = 0; i < 2; ++i) {
      EXPECT_EQ(part.bytes[2 * i], part.labels[i] + 'a');
      EXPECT_EQ(part.bytes[2 * i + 1], part.labels[i] + 'A');
    }
  }
}

TEST_F(LoadTest, APartOfAFileKnowsItsRows) {
  DataOptions options = csv_options(table("all.csv", numbered_rows(50)), {});
  options.test_fraction = 0.3;
  const auto [train, test, validation] = load_parts(options, false, 5);
  for (const Dataset& part : {train, test}) EXPECT_TRUE(std::ranges::equal(part.rows, part.values));
}

TEST_F(LoadTest, AValidationPartIsOfWhatTheTestPartLeaves) {
  DataOptions options = csv_options(table("all.csv", numbered_rows(50)), {});
  options.test_fraction = 0.3;
  const DataParts without = load_parts(options, false, 5);
  EXPECT_FALSE(without.validation);
  options.validation_fraction = 0.2;
  const auto [train, test, validation] = load_parts(options, false, 5);
  EXPECT_EQ(test.info.digest, without.test.info.digest);
  ASSERT_TRUE(validation);
  EXPECT_EQ(validation->info.samples, 7U);
  EXPECT_EQ(train.info.samples, 28U);
  EXPECT_FALSE(validation->info.digest.empty());
  std::set<double> rows;
  for (const Dataset& part : {train, test, *validation}) {
    EXPECT_TRUE(std::ranges::equal(part.rows, part.values)) << "rows are those of the file";
    rows.insert(part.values.begin(), part.values.end());
  }
  EXPECT_EQ(rows.size(), 50U);
  EXPECT_NE(load_parts(options, false, 6).validation->info.digest, validation->info.digest);
}

TEST_F(LoadTest, AValidationFileHasTheTrainingDatasColumnsAndClasses) {
  const DataFile train = table("train.csv", "a,b,y\n1,2,dog\n3,4,cat\n");
  DataOptions options = csv_options(train, train);
  options.validation = table("validation.csv", "b,y,a\n5,dog,6\n");
  const DataParts parts = load_parts(options, true, 1);
  EXPECT_THAT(parts.validation->values, ElementsAre(6, 5));
  EXPECT_THAT(parts.validation->labels, ElementsAre(1));
  EXPECT_THAT(parts.validation->info.notes, testing::IsEmpty());
  options.validation = train;
  EXPECT_THAT(load_parts(options, true, 1).validation->info.notes,
              ElementsAre(HasSubstr("train.csv holds the training samples"), HasSubstr("holds the test samples")));
  options.validation = table("wrong.csv", "b,y,a\n5,eel,6\n");
  EXPECT_THAT(message_about(options), AllOf(HasSubstr("wrong.csv"), HasSubstr("'eel'")));
}

TEST_F(LoadTest, ReadsATestSetWithoutTheTrainingFile) {
  const DataFile train = table("train.csv", "a,b,y\n1,2,dog\n3,4,cat\n");
  const DatasetInfo trained = load_parts(csv_options(train, train), true, 1).train.info;
  const DataOptions options = csv_options({path("gone.csv"), {}}, table("test.csv", "b,y,a\n5,dog,6\n"));
  const Dataset test = load_test(options, trained);
  EXPECT_THAT(test.values, ElementsAre(6, 5));
  EXPECT_THAT(test.labels, ElementsAre(1));
  EXPECT_FALSE(test.info.digest.empty());
  DataOptions wrong = options;
  wrong.test = table("wrong.csv", "b,y,a\n5,eel,6\n");
  EXPECT_THAT(bad_input_of([&] { return load_test(wrong, trained); }), HasSubstr("'eel'"));
}

TEST_F(LoadTest, RefusesToSplitASingleSampleOrByNoFraction) {
  DataOptions options = csv_options(table("all.csv", numbered_rows(1)), {});
  options.test_fraction = 0.5;
  EXPECT_THAT(message_about(options, false), AllOf(HasSubstr(options.train.path.text()), HasSubstr("cannot be split")));
  for (const double fraction : {0.0, 1.0, -0.5, std::nan("")}) {
    options.test_fraction = fraction;
    EXPECT_THAT(message_about(options), HasSubstr("data.test_fraction"));
  }
}

/// All samples of a small file.
Dataset features_of(const std::string& path, DataFormat format, const DatasetInfo& expected,
                    const std::vector<std::string>& keep = {}) {
  Dataset all;
  const DatasetInfo info =
      load_features({path, format, keep}, {}, expected, 1000, [&](Dataset part) { all = std::move(part); });
  all.info = info;
  return all;
}

TEST_F(LoadTest, ReadsFeaturesToPredictFrom) {
  DatasetInfo expected;
  expected.source = "train";
  expected.feature_shape = {1, 2};
  expected.bytes = true;
  const DataFile pictures = images("new", "abcd", "");
  const Dataset data = features_of(pictures.path.text(), DataFormat::idx, expected);
  EXPECT_EQ(data.info.samples, 2U);
  EXPECT_THAT(data.bytes, ElementsAre('a', 'b', 'c', 'd'));
  EXPECT_THAT(data.labels, IsEmpty());
  expected.feature_shape = {2, 1};
  EXPECT_THAT(bad_input_of([&] { return features_of(pictures.path.text(), DataFormat::idx, expected); }),
              AllOf(HasSubstr(pictures.path.text() + ": a sample is 1 x 2 numbers"), HasSubstr("2 x 1")));
}

TEST_F(LoadTest, FindsFeaturesToPredictFromByName) {
  DatasetInfo expected;
  expected.feature_shape = {2};
  expected.feature_names = {"b", "a"};
  const auto features = [&](const DataFile& file, DataFormat format) {
    return features_of(file.path.text(), format, expected);
  };
  const DataFile rows = table("new.csv", "a,note,b\n1,x,2\n3,y,4\n");
  EXPECT_THAT(features(rows, DataFormat::csv).values, ElementsAre(2, 1, 4, 3));
  EXPECT_THAT(bad_input_of([&] { return features(table("less.csv", "a\n1\n"), DataFormat::csv); }),
              HasSubstr("no column 'b'"));

  const DataFile unnamed = hdf5("new.h5", {1, 2, 3, 4}, {2, 2}, "unused", {});
  EXPECT_THAT(features(unnamed, DataFormat::hdf5).values, ElementsAre(1, 2, 3, 4));
  const DataFile wide = hdf5("wide.h5", {1, 2, 3, 4}, {1, 4}, "unused", {});
  EXPECT_THAT(bad_input_of([&] { return features(wide, DataFormat::hdf5); }), HasSubstr("a sample is 4 numbers"));

  expected.feature_names = {};
  EXPECT_THAT(features(table("two.csv", "a,b\n1,2\n"), DataFormat::csv).values, ElementsAre(1, 2));
}

TEST_F(LoadTest, RecognisesFormatsByContent) {
  const DataFile pictures = images("some", "ab", "\0"s);
  EXPECT_EQ(recognise_format(pictures.path.text()), DataFormat::idx);
  EXPECT_EQ(recognise_format(pictures.labels.text()), DataFormat::idx);
  EXPECT_EQ(recognise_format(hdf5("table", {1}, {1, 1}, "labels", {0}).path.text()), DataFormat::hdf5);
  EXPECT_EQ(recognise_format(write("text", "a,b\n1,2\n")), DataFormat::csv);
  EXPECT_THAT(bad_input_of([&] { return recognise_format(path("none")); }), HasSubstr("no such file"));
}

TEST_F(LoadTest, CarriesColumnsAlong) {
  DatasetInfo expected;
  expected.feature_names = {"x"};
  expected.feature_shape = {1};
  expected.output_names = {"cat", "dog"};
  const auto texts = [](const KeptColumn& column) { return std::get<std::vector<std::string>>(column.values); };
  const std::string table_path = write("t.csv", ",x,id_a,id_b,dog\n8,1.50,007,NA,\"a, b\"\n9,2,,x,z\n");
  const auto csv = [&](const std::vector<std::string>& keep) {
    return features_of(table_path, DataFormat::csv, expected, keep).kept;
  };
  const std::vector<KeptColumn> kept = csv({"id_*", "2", "1", "id_a"});
  ASSERT_EQ(kept.size(), 4U);
  EXPECT_EQ(kept[0].name, "column_1");
  EXPECT_THAT(texts(kept[1]), ElementsAre("1.50", "2")) << "a feature, as the file has it";
  EXPECT_EQ(kept[2].name, "id_a");
  EXPECT_THAT(texts(kept[2]), ElementsAre("007", ""));
  EXPECT_THAT(texts(kept[3]), ElementsAre("NA", "x"));
  EXPECT_THAT(bad_input_of([&] { return csv({"dog"}); }),
              HasSubstr("another column of the predictions is called 'dog'"));
  EXPECT_THAT(bad_input_of([&] { return csv({"idd"}); }), HasSubstr("no column fits 'idd' of --keep"));

  Hdf5File file = Hdf5File::create(path("t.h5"));
  file.write<double>("features", std::vector<double>{1, 2}, {2, 1}, Storage::checked);
  file.write<std::int64_t>("id", std::vector<std::int64_t>{7, 8}, {2, 1}, Storage::checked);
  file.write<double>("short", std::vector<double>{1}, {1}, Storage::checked);
  file.close();
  const auto hdf5 = [&](const std::string& name) {
    return features_of(path("t.h5"), DataFormat::hdf5, expected, {name}).kept;
  };
  EXPECT_THAT(std::get<std::vector<std::int64_t>>(hdf5("id").front().values), ElementsAre(7, 8));
  EXPECT_THAT(bad_input_of([&] { return hdf5("short"); }), HasSubstr("one value for each of the 2 samples"));
  EXPECT_THAT(bad_input_of([&] { return hdf5("none"); }),
              AllOf(HasSubstr("no column fits 'none' of --keep"), HasSubstr("its columns are")));
  const DataFile pictures = images("all", "abcd", "xy");
  EXPECT_THAT(bad_input_of([&] { return features_of(pictures.path.text(), DataFormat::idx, expected, {"id"}); }),
              HasSubstr("no column fits 'id' of --keep"));
}

}  // namespace
}  // namespace lockstep
