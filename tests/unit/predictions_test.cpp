// Files of predictions, CSV and HDF5.
#include "data/predictions.hpp"

#include <cmath>

#include "base/hdf5.hpp"
#include "data_files.hpp"

namespace lockstep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class PredictionsTest : public DataFilesTest {
 protected:
  PredictionsTest() {
    classes_.output_names = {"plain", "a, \"b\"", "größe\n"};
    targets_.task = Task::regression;
    targets_.output_names = {"x", "y", "z"};
  }
  static std::string name_of(std::uint64_t row) { return fmt::format("table.csv: sample {}", row); }
  [[nodiscard]] Predictions of_outputs(const DatasetInfo& data, const Scaling& targets = {}) const {
    return predictions_of(data, targets, ConstMatrix(values_, 2, 3), name_of);
  }

  using Make = std::unique_ptr<PredictionFile> (*)(const std::filesystem::path&, const DatasetInfo&);
  using DataFilesTest::write;

  /// Of two samples, in one block.
  static void write(Make make, const std::string& file, const DatasetInfo& data, Predictions predictions,
                    const std::vector<KeptColumn>& kept = {}) {
    const std::unique_ptr<PredictionFile> written = make(file, data);
    PredictedBlock block{0, 2, std::move(predictions), kept, ""};
    written->prepare(block);
    written->append(block);
    written->commit();
  }

  std::vector<float> values_{0.25F, 0.1F, 1e-9F, 1, -2.5F, 3.75F};
  DatasetInfo classes_;
  DatasetInfo targets_;
};

TEST_F(PredictionsTest, CsvOfAClassification) {
  write(make_prediction_csv, path("a.csv"), classes_, of_outputs(classes_));
  EXPECT_EQ(read_file(path("a.csv")),
            "sample,class,\"plain\",\"a, \"\"b\"\"\",\"größe\n\"\n"
            "0,\"plain\",0.25,0.1,1e-09\n"
            "1,\"größe\n\",1,-2.5,3.75\n");
}

TEST_F(PredictionsTest, CsvOfARegression) {
  write(make_prediction_csv, path("a.csv"), targets_, of_outputs(targets_));
  EXPECT_EQ(read_file(path("a.csv")),
            "sample,\"x\",\"y\",\"z\"\n"
            "0,0.25,0.1,1e-09\n"
            "1,1,-2.5,3.75\n");
}

TEST_F(PredictionsTest, ARegressionKeepsTheDigitsOfItsUnits) {
  Scaling energies{std::vector<ColumnScale>(3)};
  energies.columns[0].shift = -291230.1;
  energies.columns[0].scale = 20;
  energies.columns[2].scale = 0;
  write(make_prediction_csv, path("a.csv"), targets_, of_outputs(targets_, energies));
  EXPECT_EQ(read_file(path("a.csv")),
            "sample,\"x\",\"y\",\"z\"\n"
            "0,-291230.08749999997,0.10000000149011612,0\n"
            "1,-291230.05,-2.5,0\n");
  write(make_prediction_hdf5, path("a.h5"), targets_, of_outputs(targets_, energies));
  EXPECT_THAT(Hdf5File::open(path("a.h5")).read<double>("outputs"),
              ElementsAre(0.25 / 20 - 291230.1, 0.1F, 0, 1.0 / 20 - 291230.1, -2.5, 0));
}

TEST_F(PredictionsTest, Hdf5OfAClassification) {
  write(make_prediction_hdf5, path("a.h5"), classes_, of_outputs(classes_));
  const Hdf5File file = Hdf5File::open(path("a.h5"));
  EXPECT_THAT(file.shape("outputs"), ElementsAre(2, 3));
  EXPECT_EQ(file.read<float>("outputs"), values_);
  EXPECT_EQ(file.read_strings("output_names"), classes_.output_names);
  EXPECT_THAT(file.read_strings("labels"), ElementsAre("plain", "größe\n"));
}

TEST_F(PredictionsTest, LabelsAreTheNumbersOfTheData) {
  classes_.class_values = {10, 20, 30};
  write(make_prediction_hdf5, path("a.h5"), classes_, of_outputs(classes_));
  EXPECT_THAT(Hdf5File::open(path("a.h5")).read<std::int64_t>("labels"), ElementsAre(10, 30));
  classes_.class_values = {0.5, 1.5, 2.5};
  write(make_prediction_hdf5, path("a.h5"), classes_, of_outputs(classes_));
  EXPECT_THAT(Hdf5File::open(path("a.h5")).read<double>("labels"), ElementsAre(0.5, 2.5));
}

TEST_F(PredictionsTest, KeptColumnsStandBeforeThem) {
  const std::vector<KeptColumn> kept = {{"id", std::vector<std::string>{"007", "a, \"b\""}},
                                        {"a, b", std::vector<std::int64_t>{-1, 1L << 60}},
                                        {"x", std::vector<double>{0.5, 1e300}}};
  write(make_prediction_csv, path("a.csv"), classes_, of_outputs(classes_), kept);
  EXPECT_EQ(read_file(path("a.csv")),
            "sample,\"id\",\"a, b\",\"x\",class,\"plain\",\"a, \"\"b\"\"\",\"größe\n\"\n"
            "0,007,-1,0.5,\"plain\",0.25,0.1,1e-09\n"
            "1,\"a, \"\"b\"\"\",1152921504606846976,1e+300,\"größe\n\",1,-2.5,3.75\n");
  write(make_prediction_hdf5, path("a.h5"), classes_, of_outputs(classes_), kept);
  const Hdf5File file = Hdf5File::open(path("a.h5"));
  EXPECT_THAT(file.read_strings("kept/id"), ElementsAre("007", "a, \"b\""));
  EXPECT_THAT(file.read<std::int64_t>("kept/a, b"), ElementsAre(-1, 1L << 60));
  EXPECT_THAT(file.read<double>("kept/x"), ElementsAre(0.5, 1e300));
  for (const char* name : {"a.csv", "a.h5"}) EXPECT_TRUE(is_predictions_file(path(name)));
}

TEST_F(PredictionsTest, Hdf5OfARegression) {
  write(make_prediction_hdf5, path("a.h5"), targets_, of_outputs(targets_));
  const Hdf5File file = Hdf5File::open(path("a.h5"));
  EXPECT_EQ(file.read<float>("outputs"), values_);
  EXPECT_EQ(file.read_strings("output_names"), targets_.output_names);
  EXPECT_FALSE(file.has("labels"));
}

TEST_F(PredictionsTest, SeveralNetworksHaveAMeanAndASpread) {
  const auto of_three = [&](const DatasetInfo& data) {
    MeanOfPredictions mean;
    for (const float more : {0.0F, 1.0F, 5.0F}) {
      std::vector<float> others = values_;
      others[1] += more;
      mean.add(predictions_of(data, {}, ConstMatrix(others, 2, 3), name_of));
    }
    return std::move(mean).mean(data);
  };
  const Predictions of_targets = of_three(targets_);
  EXPECT_THAT(of_targets.values, ElementsAre(0.25, testing::DoubleNear(2.1, 1e-7), 1e-9F, 1, -2.5, 3.75));
  EXPECT_THAT(of_targets.spread, ElementsAre(0, testing::DoubleNear(std::sqrt(7), 1e-7), 0, 0, 0, 0));
  write(make_prediction_csv, path("a.csv"), classes_, of_three(classes_));
  EXPECT_EQ(read_file(path("a.csv")),
            "sample,class,\"plain\",\"a, \"\"b\"\"\",\"größe\n\",\"plain sd\",\"a, \"\"b\"\" sd\",\"größe\n sd\"\n"
            "0,\"a, \"\"b\"\"\",0.25,2.1,1e-09,0,2.6457512,0\n"
            "1,\"größe\n\",1,-2.5,3.75,0,0,0\n");
  write(make_prediction_hdf5, path("a.h5"), classes_, of_three(classes_));
  EXPECT_EQ(Hdf5File::open(path("a.h5")).read<double>("spread"), of_targets.spread);
}

TEST_F(PredictionsTest, BlocksAreWrittenOneBehindTheOther) {
  const std::vector<KeptColumn> kept = {{"id", std::vector<std::string>{"a", "b", "c"}},
                                        {"n", std::vector<std::int64_t>{7, 8, 9}}};
  const auto block_of = [&](std::uint64_t first, std::uint64_t samples) {
    PredictedBlock block{first, samples, {}, {}, ""};
    for (std::uint64_t i = first; i < first + samples; ++i)
      for (const double value : {0.0, static_cast<double>(i), 1.0}) block.predictions.values.push_back(value);
    for (const KeptColumn& column : kept)
      std::visit(
          [&](const auto& values) {
            const auto begin = values.begin() + static_cast<std::ptrdiff_t>(first);
            block.kept.push_back(
                {column.name, std::decay_t<decltype(values)>(begin, begin + static_cast<std::ptrdiff_t>(samples))});
          },
          column.values);
    return block;
  };
  for (const auto& [make, name] : {std::pair(Make(make_prediction_csv), "a.csv"), {make_prediction_hdf5, "a.h5"}}) {
    const std::unique_ptr<PredictionFile> file = make(path(name), classes_);
    for (PredictedBlock block : {block_of(0, 2), block_of(2, 1)}) {
      file->prepare(block);
      file->append(block);
    }
    EXPECT_FALSE(std::filesystem::exists(path(name))) << "before it is whole";
    file->commit();
  }
  EXPECT_EQ(read_file(path("a.csv")),
            "sample,\"id\",\"n\",class,\"plain\",\"a, \"\"b\"\"\",\"größe\n\"\n"
            "0,a,7,\"größe\n\",0,0,1\n"
            "1,b,8,\"a, \"\"b\"\"\",0,1,1\n"
            "2,c,9,\"a, \"\"b\"\"\",0,2,1\n");
  const Hdf5File file = Hdf5File::open(path("a.h5"));
  EXPECT_THAT(file.read<float>("outputs"), ElementsAre(0, 0, 1, 0, 1, 1, 0, 2, 1));
  EXPECT_THAT(file.shape("outputs"), ElementsAre(3, 3));
  EXPECT_THAT(file.read_strings("kept/id"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(file.read<std::int64_t>("kept/n"), ElementsAre(7, 8, 9));
  EXPECT_THAT(file.read_strings("labels"), ElementsAre("größe\n", "a, \"b\"", "a, \"b\""));
}

TEST_F(PredictionsTest, ThatAreNotFiniteAreRefused) {
  values_[4] = INFINITY;
  EXPECT_EQ(failure_of([&] { static_cast<void>(of_outputs(classes_)); }),
            "table.csv: sample 1: the prediction is not finite; look for extreme values in the sample");
  values_[4] = 3e38F;
  Scaling small{std::vector<ColumnScale>(3)};
  small.columns[1].scale = 1e-300;
  EXPECT_THAT(failure_of([&] { static_cast<void>(of_outputs(targets_, small)); }),
              HasSubstr("table.csv: sample 1: the prediction of 'y' is not finite on the scale of its targets"));
}

TEST_F(PredictionsTest, LeavesNoHalfFile) {
  write(make_prediction_csv, path("a.csv"), classes_, of_outputs(classes_));
  write(make_prediction_hdf5, path("a.h5"), classes_, of_outputs(classes_));
  EXPECT_FALSE(has_partial_file());
}

TEST_F(PredictionsTest, SaysWhyTheyCannotBeWritten) {
  for (const Make make : {make_prediction_csv, make_prediction_hdf5}) {
    const std::string message = failure_of([&] { write(make, path("none/a"), classes_, of_outputs(classes_)); });
    EXPECT_THAT(message, HasSubstr(path("none/a")));
    EXPECT_THAT(message, HasSubstr("No such file or directory"));
  }
}

TEST_F(PredictionsTest, AreRecognised) {
  for (const DatasetInfo* info : {&classes_, &targets_}) {
    write(make_prediction_csv, path("a.csv"), *info, of_outputs(*info));
    write(make_prediction_hdf5, path("a.h5"), *info, of_outputs(*info));
    EXPECT_TRUE(is_predictions_file(path("a.csv")));
    EXPECT_TRUE(is_predictions_file(path("a.h5")));
  }
  EXPECT_FALSE(is_predictions_file(path("none.csv")));
  EXPECT_FALSE(is_predictions_file(write("b.csv", "")));
  EXPECT_FALSE(is_predictions_file(write("b.csv", "sample,class,x\n0,a,1\n")));
  EXPECT_FALSE(is_predictions_file(write("b.csv", "x,y\n0,1\n")));
  Hdf5File file = Hdf5File::create(path("b.h5"));
  file.write<float>("features", values_, {values_.size()}, Storage::checked);
  file.close();
  EXPECT_FALSE(is_predictions_file(path("b.h5")));
}

}  // namespace
}  // namespace lockstep
