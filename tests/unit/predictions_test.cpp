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
  [[nodiscard]] ConstMatrix outputs() const { return {values_, 2, 3}; }

  std::vector<float> values_{0.25F, 0.1F, 1e-9F, 1, -2.5F, 3.75F};
  DatasetInfo classes_;
  DatasetInfo targets_;
};

TEST_F(PredictionsTest, CsvOfAClassification) {
  write_predictions_csv(path("a.csv"), classes_, predictions_of(classes_, {}, outputs()), {});
  EXPECT_EQ(read_file(path("a.csv")),
            "sample,class,\"plain\",\"a, \"\"b\"\"\",\"größe\n\"\n"
            "0,\"plain\",0.25,0.1,1e-09\n"
            "1,\"größe\n\",1,-2.5,3.75\n");
}

TEST_F(PredictionsTest, CsvOfARegression) {
  write_predictions_csv(path("a.csv"), targets_, predictions_of(targets_, {}, outputs()), {});
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
  write_predictions_csv(path("a.csv"), targets_, predictions_of(targets_, energies, outputs()), {});
  EXPECT_EQ(read_file(path("a.csv")),
            "sample,\"x\",\"y\",\"z\"\n"
            "0,-291230.08749999997,0.10000000149011612,0\n"
            "1,-291230.05,-2.5,0\n");
  write_predictions_hdf5(path("a.h5"), targets_, predictions_of(targets_, energies, outputs()), {});
  EXPECT_THAT(Hdf5File::open(path("a.h5")).read<double>("outputs"),
              ElementsAre(0.25 / 20 - 291230.1, 0.1F, 0, 1.0 / 20 - 291230.1, -2.5, 0));
}

TEST_F(PredictionsTest, Hdf5OfAClassification) {
  write_predictions_hdf5(path("a.h5"), classes_, predictions_of(classes_, {}, outputs()), {});
  const Hdf5File file = Hdf5File::open(path("a.h5"));
  EXPECT_THAT(file.shape("outputs"), ElementsAre(2, 3));
  EXPECT_EQ(file.read<float>("outputs"), values_);
  EXPECT_EQ(file.read_strings("output_names"), classes_.output_names);
  EXPECT_THAT(file.read_strings("labels"), ElementsAre("plain", "größe\n"));
}

TEST_F(PredictionsTest, LabelsAreTheNumbersOfTheData) {
  classes_.class_values = {10, 20, 30};
  write_predictions_hdf5(path("a.h5"), classes_, predictions_of(classes_, {}, outputs()), {});
  EXPECT_THAT(Hdf5File::open(path("a.h5")).read<std::int64_t>("labels"), ElementsAre(10, 30));
  classes_.class_values = {0.5, 1.5, 2.5};
  write_predictions_hdf5(path("a.h5"), classes_, predictions_of(classes_, {}, outputs()), {});
  EXPECT_THAT(Hdf5File::open(path("a.h5")).read<double>("labels"), ElementsAre(0.5, 2.5));
}

TEST_F(PredictionsTest, KeptColumnsStandBeforeThem) {
  const std::vector<KeptColumn> kept = {{"id", std::vector<std::string>{"007", "a, \"b\""}},
                                        {"a, b", std::vector<std::int64_t>{-1, 1L << 60}},
                                        {"x", std::vector<double>{0.5, 1e300}}};
  write_predictions_csv(path("a.csv"), classes_, predictions_of(classes_, {}, outputs()), kept);
  EXPECT_EQ(read_file(path("a.csv")),
            "sample,\"id\",\"a, b\",\"x\",class,\"plain\",\"a, \"\"b\"\"\",\"größe\n\"\n"
            "0,007,-1,0.5,\"plain\",0.25,0.1,1e-09\n"
            "1,\"a, \"\"b\"\"\",1152921504606846976,1e+300,\"größe\n\",1,-2.5,3.75\n");
  write_predictions_hdf5(path("a.h5"), classes_, predictions_of(classes_, {}, outputs()), kept);
  const Hdf5File file = Hdf5File::open(path("a.h5"));
  EXPECT_THAT(file.read_strings("kept/id"), ElementsAre("007", "a, \"b\""));
  EXPECT_THAT(file.read<std::int64_t>("kept/a, b"), ElementsAre(-1, 1L << 60));
  EXPECT_THAT(file.read<double>("kept/x"), ElementsAre(0.5, 1e300));
  for (const char* name : {"a.csv", "a.h5"}) EXPECT_TRUE(is_predictions_file(path(name)));
}

TEST_F(PredictionsTest, Hdf5OfARegression) {
  write_predictions_hdf5(path("a.h5"), targets_, predictions_of(targets_, {}, outputs()), {});
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
      mean.add(predictions_of(data, {}, ConstMatrix(others, 2, 3)));
    }
    return std::move(mean).mean(data);
  };
  const Predictions of_targets = of_three(targets_);
  EXPECT_THAT(of_targets.values, ElementsAre(0.25, testing::DoubleNear(2.1, 1e-7), 1e-9F, 1, -2.5, 3.75));
  EXPECT_THAT(of_targets.spread, ElementsAre(0, testing::DoubleNear(std::sqrt(7), 1e-7), 0, 0, 0, 0));
  write_predictions_csv(path("a.csv"), classes_, of_three(classes_), {});
  EXPECT_EQ(read_file(path("a.csv")),
            "sample,class,\"plain\",\"a, \"\"b\"\"\",\"größe\n\",\"plain sd\",\"a, \"\"b\"\" sd\",\"größe\n sd\"\n"
            "0,\"a, \"\"b\"\"\",0.25,2.1,1e-09,0,2.6457512,0\n"
            "1,\"größe\n\",1,-2.5,3.75,0,0,0\n");
  write_predictions_hdf5(path("a.h5"), classes_, of_three(classes_), {});
  EXPECT_EQ(Hdf5File::open(path("a.h5")).read<double>("spread"), of_targets.spread);
}

TEST_F(PredictionsTest, LeavesNoHalfFile) {
  write_predictions_csv(path("a.csv"), classes_, predictions_of(classes_, {}, outputs()), {});
  write_predictions_hdf5(path("a.h5"), classes_, predictions_of(classes_, {}, outputs()), {});
  EXPECT_FALSE(has_partial_file());
}

TEST_F(PredictionsTest, SaysWhyTheyCannotBeWritten) {
  for (const auto write_predictions : {write_predictions_csv, write_predictions_hdf5}) {
    const std::string message =
        failure_of([&] { write_predictions(path("none/a"), classes_, predictions_of(classes_, {}, outputs()), {}); });
    EXPECT_THAT(message, HasSubstr(path("none/a")));
    EXPECT_THAT(message, HasSubstr("No such file or directory"));
  }
}

TEST_F(PredictionsTest, AreRecognised) {
  for (const DatasetInfo* info : {&classes_, &targets_}) {
    write_predictions_csv(path("a.csv"), *info, predictions_of(*info, {}, outputs()), {});
    write_predictions_hdf5(path("a.h5"), *info, predictions_of(*info, {}, outputs()), {});
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
