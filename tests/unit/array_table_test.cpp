// Data sets in HDF5 files: shapes, labels or targets, names of classes, and what is refused.
#include <cmath>
#include <limits>
#include <numeric>

#include "base/hdf5.hpp"
#include "data/formats/hdf5.hpp"
#include "data_files.hpp"

namespace lockstep {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// What is read from HDF5 files, by these options and the classes that have names.
Dataset read_hdf5(const std::vector<std::string>& paths, const DataOptions& options,
                  const std::vector<std::string>& classes = {}, bool features_only = false) {
  DataQuery query(options, {});
  query.classes = {classes, {}, false};
  query.classify = true;
  query.features_only = features_only;
  std::vector<DataPart> parts;
  for (const std::string& path : paths) parts.push_back({path, {}, {}});
  return Hdf5Format::read(parts, query);
}

class Hdf5TableTest : public DataFilesTest {
 protected:
  /// The datasets of the file that a test builds.
  template <class T>
  void add(const std::string& name, const std::vector<T>& values, const Hdf5File::Shape& shape) {
    file_.write<T>(name, values, shape, Storage::checked);
  }
  void add_features(std::size_t samples) { add<float>("features", std::vector<float>(samples * 2), {samples, 2}); }
  void add_names(const std::vector<std::string>& names) { add_texts("class_names", names); }
  void add_texts(const std::string& name, const std::vector<std::string>& texts) { file_.write_strings(name, texts); }

  /// Closes the file and adds `labels` of an enumeration.
  void add_enumeration(const std::vector<std::pair<const char*, std::int8_t>>& members,
                       const std::vector<std::int8_t>& values) {
    file_.close();
    const Hdf5Handle raw(H5Fopen(path("table.h5").c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
    const Hdf5Handle type(H5Tenum_create(H5T_STD_I8LE), H5Tclose);
    for (const auto& [member, value] : members) H5Tenum_insert(type, member, &value);
    const hsize_t size = values.size();
    const Hdf5Handle space(H5Screate_simple(1, &size, nullptr), H5Sclose);
    const Hdf5Handle dataset(H5Dcreate2(raw, "labels", type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Dclose);
    ASSERT_GE(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), 0);
  }
  [[nodiscard]] Dataset read_file(const std::vector<std::string>& classes = {}) const {
    return read_hdf5({path("table.h5")}, options_, classes);
  }

  [[nodiscard]] Dataset read(const std::vector<std::string>& classes = {}, bool features_only = false) {
    file_.close();
    return read_hdf5({path("table.h5")}, options_, classes, features_only);
  }
  /// The message about the file, which it must name.
  [[nodiscard]] std::string message(const std::vector<std::string>& classes = {}) {
    std::string text = bad_input_of([&] { return read(classes); });
    EXPECT_THAT(text, HasSubstr(path("table.h5") + ": "));
    return text;
  }

  DataOptions options_;

 private:
  Hdf5File file_ = Hdf5File::create(path("table.h5"));
};

TEST_F(Hdf5TableTest, ReadsWeightsFromAnArrayOfThisName) {
  add_features(3);
  add<std::uint8_t>("labels", {2, 0, 2}, {3});
  add<float>("w", {1, 0.5, 0}, {3, 1});
  add<double>("wide", {1, 2, 3, 4, 5, 6}, {3, 2});
  add<double>("broken", {1, std::nan(""), 3}, {3});
  EXPECT_THAT(read().weights, IsEmpty());
  const auto weights = [&](const std::string& name) {
    options_.weights = name;
    return read_file().weights;
  };
  EXPECT_THAT(weights("w"), ElementsAre(1, 0.5, 0));
  EXPECT_THAT(bad_input_of([&] { return weights("wide"); }), HasSubstr("one weight for each sample"));
  EXPECT_THAT(bad_input_of([&] { return weights("broken"); }), HasSubstr("'broken' of sample 1"));
  EXPECT_THAT(bad_input_of([&] { return weights("none"); }), HasSubstr("'none'"));
}

TEST_F(Hdf5TableTest, ReadsAClassificationOfBytesAndKeepsTheShape) {
  std::vector<std::uint8_t> pixels(12);
  std::iota(pixels.begin(), pixels.end(), std::uint8_t{244});
  add<std::uint8_t>("features", pixels, {2, 3, 2});
  add<std::uint8_t>("labels", {2, 0}, {2});
  const Dataset data = read();
  EXPECT_EQ(data.info.source, path("table.h5"));
  EXPECT_EQ(data.info.task, Task::classification);
  EXPECT_EQ(data.info.samples, 2U);
  EXPECT_TRUE(data.info.bytes);
  EXPECT_THAT(data.info.feature_shape, ElementsAre(3, 2));
  EXPECT_THAT(data.info.feature_names, IsEmpty());
  EXPECT_THAT(data.info.output_names, ElementsAre("0", "2"));
  EXPECT_THAT(data.info.class_values, ElementsAre(0, 2));
  EXPECT_THAT(data.bytes, testing::ElementsAreArray(pixels));
  EXPECT_THAT(data.labels, ElementsAre(1, 0));
  EXPECT_THAT(data.values, IsEmpty());
  EXPECT_THAT(data.targets, IsEmpty());
}

TEST_F(Hdf5TableTest, ReadsFeaturesOfOtherTypesAsFloats) {
  add<std::int64_t>("features", {-1, 2, 300, 4}, {2, 2});
  add<std::int64_t>("labels", {0, 1}, {2});
  const Dataset data = read();
  EXPECT_FALSE(data.info.bytes);
  EXPECT_THAT(data.values, ElementsAre(-1, 2, 300, 4));
}

/// A file of features and labels, which are 0 and 1 in turn.
template <class Real>
std::string write_numbers(const std::string& path, const std::vector<Real>& features, std::size_t columns,
                          std::size_t chunk) {
  std::vector<std::int64_t> labels(features.size() / columns);
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<std::int64_t>(i % 2);
  Hdf5File file = Hdf5File::create(path);
  file.append<Real>("features", features, {columns}, chunk);
  file.append<std::int64_t>("labels", labels, {}, chunk);
  file.close();
  return path;
}

TEST_F(Hdf5TableTest, KeepsNumbersThatFloat32HasAsSuch) {
  const std::string narrow = write_numbers<float>(path("narrow.h5"), {1, 2, 3, 4, 5, 6}, 3, 2);
  const Dataset data = read_hdf5({narrow}, options_);
  EXPECT_THAT(data.floats, ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_THAT(data.values, IsEmpty());
  options_.ignore = {"2"};
  EXPECT_THAT(read_hdf5({narrow}, options_).floats, ElementsAre(1, 3, 4, 6));
  const std::string wide = write_numbers<double>(path("wide.h5"), {7, 8, 1e300}, 3, 2);
  const Dataset both = read_hdf5({narrow, wide}, options_);
  EXPECT_THAT(both.values, ElementsAre(1, 3, 4, 6, 7, 1e300)) << "one type for all files";
  EXPECT_THAT(both.floats, IsEmpty());
}

TEST_F(Hdf5TableTest, ReadsLargeArraysRowsAtATime) {
  constexpr std::size_t kRows = 300'000;
  std::vector<float> features(4 * kRows);
  std::iota(features.begin(), features.end(), 0.0F);
  for (const std::size_t chunk : {std::size_t{999}, std::size_t{70'000}, kRows}) {
    const std::string file = write_numbers<float>(path("large.h5"), features, 4, chunk);
    options_.features = {};
    EXPECT_EQ(read_hdf5({file}, options_).floats, features) << chunk;
    options_.features = {"4", "1"};
    const std::vector<float> some = read_hdf5({file}, options_).floats;
    ASSERT_EQ(some.size(), 2 * kRows) << chunk;
    for (const std::size_t row : {std::size_t{0}, kRows / 2, kRows - 1}) {
      EXPECT_EQ(some[2 * row], features[4 * row]) << chunk;
      EXPECT_EQ(some[2 * row + 1], features[4 * row + 3]) << chunk;
    }
  }
  options_.features = {};
  features[4 * 290'000 + 1] = NAN;
  EXPECT_THAT(
      bad_input_of([&] { return read_hdf5({write_numbers<float>(path("large.h5"), features, 4, 1000)}, options_); }),
      HasSubstr("sample 290000, column 1, is nan"));
}

TEST_F(Hdf5TableTest, KnowsTheStepsOfTheFilesTypes) {
  add<float>("features", {1, 2}, {2, 1});
  add<double>("targets", {1, 2}, {2});
  const Dataset data = read();
  EXPECT_EQ(data.info.feature_step, std::numeric_limits<float>::epsilon());
  EXPECT_EQ(data.info.target_step, std::numeric_limits<double>::epsilon());
}

TEST_F(Hdf5TableTest, ReadsARegressionWithOneTarget) {
  add<double>("features", {1, 2}, {2, 1});
  add<double>("targets", {0.5, -0.5}, {2});
  const Dataset data = read({"not", "used"});
  EXPECT_EQ(data.info.task, Task::regression);
  EXPECT_THAT(data.info.output_names, ElementsAre("target"));
  EXPECT_THAT(data.targets, ElementsAre(0.5, -0.5));
  EXPECT_THAT(data.labels, IsEmpty());
}

TEST_F(Hdf5TableTest, ReadsARegressionWithSeveralTargets) {
  add_features(2);
  add<float>("targets", {1, 2, 3, 4, 5, 6}, {2, 3});
  const Dataset data = read();
  EXPECT_THAT(data.info.output_names, ElementsAre("target_0", "target_1", "target_2"));
  EXPECT_THAT(data.targets, ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST_F(Hdf5TableTest, ReadsAColumnOfTargetsAsOneTarget) {
  add_features(2);
  add<float>("targets", {1, 2}, {2, 1});
  EXPECT_THAT(read().info.output_names, ElementsAre("target"));
}

TEST_F(Hdf5TableTest, ReadsLabelsWhereThereAreTargetsToo) {
  add_features(2);
  add<float>("targets", {1, 2}, {2});
  add<float>("labels", {1, 0}, {2});
  const Dataset data = read();
  EXPECT_EQ(data.info.task, Task::classification);
  EXPECT_THAT(data.labels, ElementsAre(1, 0));
}

TEST_F(Hdf5TableTest, ReadsFeaturesAlone) {
  add<float>("features", {1, 2}, {2, 1});
  add<float>("labels", {-7, 7}, {2});
  const Dataset data = read({}, true);
  EXPECT_THAT(data.floats, ElementsAre(1, 2));
  EXPECT_THAT(data.labels, IsEmpty());
  EXPECT_THAT(data.info.output_names, IsEmpty());
}

TEST_F(Hdf5TableTest, TakesTheNamesOfClassesFromTheFile) {
  add_features(2);
  add<std::int32_t>("labels", {1, 2}, {2});
  add_names({"cat", "dog", "eel"});
  EXPECT_THAT(read().info.output_names, ElementsAre("cat", "dog", "eel"));
}

TEST_F(Hdf5TableTest, TakesTheNamesOfClassesThatAreKnown) {
  add_features(2);
  add<std::int32_t>("labels", {1, 2}, {2});
  EXPECT_THAT(read({"cat", "dog", "eel"}).info.output_names, ElementsAre("cat", "dog", "eel"));
}

TEST_F(Hdf5TableTest, RefusesOtherNamesOfClassesThanAreKnown) {
  add_features(2);
  add<std::int32_t>("labels", {1, 2}, {2});
  add_names({"dog", "cat"});
  EXPECT_THAT(message({"cat", "dog"}), AllOf(HasSubstr("'dog', 'cat'"), HasSubstr("'cat', 'dog'")));
}

TEST_F(Hdf5TableTest, RefusesAFileWithoutFeatures) {
  add<std::int32_t>("labels", {1, 2}, {2});
  EXPECT_THAT(message(), HasSubstr("'features'"));
}

TEST_F(Hdf5TableTest, RefusesAFileWithoutLabelsAndTargets) {
  add_features(2);
  EXPECT_THAT(message(), AllOf(HasSubstr("'labels'"), HasSubstr("'targets'")));
}

TEST_F(Hdf5TableTest, RefusesFeaturesInOneDimension) {
  add<float>("features", {1, 2, 3}, {3});
  EXPECT_THAT(message(), AllOf(HasSubstr("'features' is (3)"), HasSubstr("(samples, features...)"),
                               HasSubstr("features.reshape(-1, 1)")));
}

TEST_F(Hdf5TableTest, RefusesAFileWithoutSamples) {
  add<float>("features", {}, {0, 2});
  EXPECT_THAT(message(), HasSubstr("no samples"));
}

TEST_F(Hdf5TableTest, RefusesSamplesWithoutFeatures) {
  add<float>("features", {}, {2, 0, 3});
  EXPECT_THAT(message(), HasSubstr("no features"));
}

TEST_F(Hdf5TableTest, RefusesFeaturesThatAreNotFinite) {
  add<float>("features", {1, 2, 3, std::nanf(""), 5, 6}, {3, 2});
  EXPECT_THAT(message(), HasSubstr("'features' of sample 1, column 1, is nan"));
}

TEST_F(Hdf5TableTest, RefusesTargetsThatAreNotFinite) {
  add_features(3);
  add<double>("targets", {1, 2, 3, 4, INFINITY, 6}, {3, 2});
  EXPECT_THAT(message(), HasSubstr("'targets' of sample 2, column 'target_0', is inf"));
}

TEST_F(Hdf5TableTest, RefusesLabelsOfAnotherCount) {
  add_features(3);
  add<std::int32_t>("labels", {0, 1, 1, 0}, {4});
  EXPECT_THAT(message(), AllOf(HasSubstr("'labels' is (4)"), HasSubstr("one label for each sample")));
}

TEST_F(Hdf5TableTest, ReadsAColumnOfLabels) {
  add_features(2);
  add<std::int32_t>("labels", {30, 10}, {2, 1});
  const Dataset data = read();
  EXPECT_THAT(data.labels, ElementsAre(1, 0));
  EXPECT_THAT(data.info.output_names, ElementsAre("10", "30"));
}

TEST_F(Hdf5TableTest, ReadsOneHotLabels) {
  add_features(3);
  add<double>("labels", {0, 0, 1, 1, 0, 0, 0, 1, 0}, {3, 3});
  EXPECT_THAT(read().labels, ElementsAre(2, 0, 1));
}

TEST_F(Hdf5TableTest, NamesTheColumnsOfOneHotLabels) {
  add_features(2);
  add<std::uint8_t>("labels", {0, 0, 1, 1, 0, 0}, {2, 3});
  add_names({"cat", "dog", "eel"});
  const Dataset data = read();
  EXPECT_THAT(data.labels, ElementsAre(2, 0));
  EXPECT_THAT(data.info.output_names, ElementsAre("cat", "dog", "eel"));
}

TEST_F(Hdf5TableTest, RefusesOneHotLabelsWithOtherColumnsThanClasses) {
  add_features(2);
  add<std::uint8_t>("labels", {0, 1, 1, 0}, {2, 2});
  EXPECT_THAT(message({"cat", "dog", "eel"}), HasSubstr("'labels' have 2 columns, one per class, but there are 3"));
}

TEST_F(Hdf5TableTest, RefusesRowsOfLabelsThatAreNotOneHot) {
  add_features(2);
  add<float>("labels", {0, 1, 1, 1}, {2, 2});
  EXPECT_THAT(message(), AllOf(HasSubstr("labels of sample 1 are 1, 1"), HasSubstr("one-hot")));
}

TEST_F(Hdf5TableTest, ReadsLabelsThatAreTexts) {
  add_features(3);
  add_texts("labels", {"dog", "cat", "dog"});
  const Dataset data = read();
  EXPECT_THAT(data.labels, ElementsAre(1, 0, 1));
  EXPECT_THAT(data.info.output_names, ElementsAre("cat", "dog"));
}

TEST_F(Hdf5TableTest, TakesTheNamesOfClassesFromAnEnumeration) {
  add_features(3);
  add_enumeration({{"dog", 7}, {"cat", 9}, {"eel", 11}}, {9, 7, 9});
  const Dataset data = read_file();
  EXPECT_THAT(data.info.output_names, ElementsAre("dog", "cat", "eel"));
  EXPECT_THAT(data.labels, ElementsAre(1, 0, 1));
  EXPECT_THAT(read_file({"cat", "dog"}).labels, ElementsAre(0, 1, 0));
}

TEST_F(Hdf5TableTest, RefusesNumbersThatAnEnumerationDoesNotName) {
  add_features(2);
  add_enumeration({{"dog", 7}, {"cat", 9}}, {7, 8});
  EXPECT_THAT(bad_input_of([&] { return read_file(); }), HasSubstr("label of sample 1 is 8"));
}

TEST_F(Hdf5TableTest, ReadsBooleansAsNumbers) {
  add_features(3);
  add_enumeration({{"FALSE", 0}, {"TRUE", 1}}, {1, 0, 1});
  const Dataset data = read_file();
  EXPECT_THAT(data.info.output_names, ElementsAre("0", "1"));
  EXPECT_THAT(data.labels, ElementsAre(1, 0, 1));
}

TEST_F(Hdf5TableTest, ReadsTheNamesOfColumns) {
  add_features(2);
  add<float>("targets", {1, 2, 3, 4}, {2, 2});
  add_texts("feature_names", {"height", "width"});
  add_texts("target_names", {"left", "right"});
  const Dataset data = read();
  EXPECT_THAT(data.info.feature_names, ElementsAre("height", "width"));
  EXPECT_THAT(data.info.output_names, ElementsAre("left", "right"));
}

TEST_F(Hdf5TableTest, RefusesNamesThatAreNotOneAColumn) {
  add_features(2);
  add<std::int32_t>("labels", {0, 1}, {2});
  add_texts("feature_names", {"height", "width", "depth"});
  EXPECT_THAT(message(), HasSubstr("'feature_names' has 3 names, but 'features' has 2 columns"));
}

TEST_F(Hdf5TableTest, RefusesTextsThatAreNotUtf8) {
  add_features(2);
  add_texts("labels", {"rot", "gr\xFCn"});
  EXPECT_THAT(message(), HasSubstr("text 1 of 'labels' is not UTF-8"));
}

TEST_F(Hdf5TableTest, RefusesNamesThatAreNotUtf8) {
  add_features(2);
  add_texts("feature_names", {"b\xE9", "a"});
  EXPECT_THAT(message(), HasSubstr("text 0 of 'feature_names' is not UTF-8"));
}

TEST_F(Hdf5TableTest, RefusesNamesThatStandTwice) {
  add_features(2);
  add_texts("feature_names", {"height", "height"});
  EXPECT_THAT(message(), HasSubstr("'feature_names' has the name 'height' twice"));
}

TEST_F(Hdf5TableTest, RefusesEmptyNames) {
  add_features(2);
  add_texts("feature_names", {"height", ""});
  EXPECT_THAT(message(), HasSubstr("'feature_names' has a name without a letter"));
}

TEST_F(Hdf5TableTest, SaysThatFeaturesAreTransposed) {
  add<float>("features", std::vector<float>(6), {2, 3});
  add<std::int32_t>("labels", {0, 1, 0}, {3});
  EXPECT_THAT(message(), AllOf(HasSubstr("'features' is (2, 3)"), HasSubstr("each of the 3 labels"), HasSubstr(".T")));
}

TEST_F(Hdf5TableTest, NamesTheColumnOfANumberThatIsNotFinite) {
  add<double>("features", {1, 2, 3, INFINITY}, {2, 2});
  add_texts("feature_names", {"height", "width"});
  EXPECT_THAT(message(), HasSubstr("'features' of sample 1, column 'width', is inf"));
}

TEST_F(Hdf5TableTest, RefusesTargetsOfAnotherCount) {
  add_features(3);
  add<float>("targets", {0, 1, 2, 3}, {4});
  EXPECT_THAT(message(), HasSubstr("'targets' is (4)"));
}

TEST_F(Hdf5TableTest, RefusesTargetsInThreeDimensions) {
  add_features(2);
  add<float>("targets", {0, 1}, {2, 1, 1});
  EXPECT_THAT(message(), HasSubstr("'targets' is (2, 1, 1)"));
}

TEST_F(Hdf5TableTest, RefusesRowsWithoutTargets) {
  add_features(2);
  add<float>("targets", {}, {2, 0});
  EXPECT_THAT(message(), HasSubstr("'targets' is (2, 0)"));
}

TEST_F(Hdf5TableTest, RefusesNegativeLabelsOfClassesWithNames) {
  add_features(3);
  add<std::int32_t>("labels", {0, 1, -1}, {3});
  EXPECT_THAT(message({"cat", "dog"}), HasSubstr("label of sample 2 is -1"));
}

TEST_F(Hdf5TableTest, TakesLabelsThatOccurAsClasses) {
  add_features(4);
  add<std::int32_t>("labels", {20, -1, 10, 20}, {4});
  const Dataset data = read();
  EXPECT_THAT(data.info.output_names, ElementsAre("-1", "10", "20"));
  EXPECT_THAT(data.info.class_values, ElementsAre(-1, 10, 20));
  EXPECT_THAT(data.labels, ElementsAre(2, 0, 1, 2));
}

TEST_F(Hdf5TableTest, RefusesLabelsWithoutAClass) {
  add_features(3);
  add<std::int32_t>("labels", {0, 2, 1}, {3});
  add_names({"cat", "dog"});
  EXPECT_THAT(message(), HasSubstr("label of sample 1 is 2, which is none of the 2 classes"));
}

TEST_F(Hdf5TableTest, RefusesLabelsWithFractions) {
  add_features(3);
  add<float>("labels", {0, 1, 0.5}, {3});
  EXPECT_THAT(message(), AllOf(HasSubstr("label of sample 2 is 0.5"), HasSubstr("'targets'")));
}

TEST_F(Hdf5TableTest, RefusesLabelsThatAreNan) {
  add_features(1);
  add<double>("labels", {std::numeric_limits<double>::quiet_NaN()}, {1});
  EXPECT_THAT(message(), HasSubstr("label of sample 0 is nan, a missing value"));
}

TEST_F(Hdf5TableTest, SaysWhyAFileCannotBeOpened) {
  const auto about = [](const std::string& file) { return bad_input_of([&] { return read_hdf5({file}, {}); }); };
  EXPECT_THAT(about(path("none.h5")), HasSubstr("no such file"));
  EXPECT_THAT(about(path("")), HasSubstr("is a folder"));
  EXPECT_THAT(about(write("text.h5", "a,b\n")), HasSubstr("not an HDF5 file"));
}

TEST_F(Hdf5TableTest, NanIsAGapWhereTheConfigurationSaysWhatBecomesOfIt) {
  const double nan = std::nan("");
  add<double>("features", std::vector<double>{1, 2, nan, 4, 5, nan, 7, 8}, {4, 2});
  add<double>("targets", std::vector<double>{1, 2, 3, nan}, {4});
  options_.gaps.missing.given = {{"0", Missing::mean}, {"1", Missing::drop}, {"target", Missing::drop}};
  const Dataset data = read();
  EXPECT_EQ(data.info.samples, 2U);
  EXPECT_THAT(data.rows, ElementsAre(0, 1));
  EXPECT_THAT(data.targets, ElementsAre(1, 2));
  EXPECT_TRUE(std::isnan(data.values[2]));
  EXPECT_THAT(data.info.notes, ElementsAre(HasSubstr("2 of the 4 samples")));
}

TEST_F(Hdf5TableTest, AGapIsRefusedWithTheWayOut) {
  add<double>("features", std::vector<double>{1, std::nan("")}, {2, 1});
  add<double>("targets", std::vector<double>{1, 2}, {2});
  EXPECT_THAT(message(), AllOf(HasSubstr("sample 1, column 0, is nan"), HasSubstr("data.missing")));
}

}  // namespace
}  // namespace lockstep
