// The metrics of a run: rows in two files, and what a resumed run finds.
#include <algorithm>
#include <cmath>

#include "base/hdf5.hpp"
#include "data_files.hpp"
#include "metrics/log.hpp"

namespace lockstep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class MetricsLogTest : public DataFilesTest {
 protected:
  [[nodiscard]] MetricsLog log(std::uint64_t last_step) const { return {path(""), last_step}; }
  [[nodiscard]] std::string lines() const { return read_file(path("metrics.jsonl")); }
  [[nodiscard]] Hdf5File table() const { return Hdf5File::open(path("metrics.h5")); }

  /// Rows of steps 1 to 4, saved.
  void record_four_steps() const {
    MetricsLog metrics = log(0);
    for (const int step : {1, 2, 3, 4}) metrics.append("steps", {{"step", step}, {"loss", 1.0 / step}});
    metrics.append("epochs", {{"step", 4}, {"test_accuracy", 0.5}});
    metrics.save_job()();
  }
};

TEST_F(MetricsLogTest, WritesALineARow) {
  MetricsLog metrics = log(0);
  EXPECT_EQ(lines(), "");
  metrics.append("steps", {{"step", 1}, {"loss", 2.0}});
  metrics.append("ranks", {{"step", 1}, {"host", "größe \"1\"\n"}});
  EXPECT_EQ(lines(),  // at once
            "{\"group\":\"steps\",\"step\":1,\"loss\":2.0}\n"
            "{\"group\":\"ranks\",\"step\":1,\"host\":\"größe \\\"1\\\"\\n\"}\n");
}

TEST_F(MetricsLogTest, WritesAColumnADataset) {
  MetricsLog metrics = log(0);
  metrics.append("steps", {{"step", 10}, {"loss", 2.0}});
  metrics.append("steps", {{"step", 20}, {"loss", 0.1}});
  metrics.append("ranks", {{"step", 20}, {"host", "node07"}});
  metrics.append("epochs", {{"step", 20}, {"test_r2", -1.5}});
  metrics.save_job()();
  const Hdf5File file = table();
  EXPECT_THAT(file.read<std::int64_t>("steps/step"), ElementsAre(10, 20));
  EXPECT_THAT(file.read<double>("steps/loss"), ElementsAre(2.0, 0.1));
  EXPECT_THAT(file.read_strings("ranks/host"), ElementsAre("node07"));
  EXPECT_THAT(file.read<double>("epochs/test_r2"), ElementsAre(-1.5));
  metrics.append("steps", {{"step", 30}, {"loss", 0.0}});
  metrics.save_job()();
  EXPECT_THAT(table().read<std::int64_t>("steps/step"), ElementsAre(10, 20, 30));
  EXPECT_FALSE(has_partial_file());
}

TEST_F(MetricsLogTest, WritesAttributesOfTheFile) {
  log(0).save_job({{"ranks", 2}, {"wall_seconds", 0.5}, {"mpi", "größe"}, {"hosts", {"a", "b"}}})();
  const Hdf5File file = table();
  EXPECT_EQ(file.read_integer_attribute("ranks"), 2);
  EXPECT_EQ(file.read_real_attribute("wall_seconds"), 0.5);
  EXPECT_EQ(file.read_text_attribute("mpi"), "größe");
  EXPECT_EQ(file.read_text_attribute("hosts"), R"(["a","b"])");
}

TEST_F(MetricsLogTest, DatasetsOfAGroupAreExtendable) {
  record_four_steps();
  const Hdf5Handle file(H5Fopen(path("metrics.h5").c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
  for (const char* name : {"steps/step", "steps/loss"}) {
    const Hdf5Handle dataset(H5Dopen2(file, name, H5P_DEFAULT), H5Dclose);
    const hsize_t more = 1000;
    EXPECT_GE(H5Dset_extent(dataset, &more), 0) << name;
  }
}

TEST_F(MetricsLogTest, KeepsNumbersThatAreNotFinite) {
  {
    MetricsLog metrics = log(0);
    metrics.append("steps", {{"step", 1}, {"loss", std::nan("")}});
    metrics.append("steps", {{"step", 2}, {"loss", 1.0}});
  }
  MetricsLog resumed = log(2);
  resumed.append("steps", {{"step", 3}, {"loss", std::nan("")}});
  resumed.save_job()();
  const std::vector<double> loss = table().read<double>("steps/loss");
  ASSERT_EQ(loss.size(), 3U);
  EXPECT_TRUE(std::isnan(loss[0]));
  EXPECT_EQ(loss[1], 1.0);
  EXPECT_TRUE(std::isnan(loss[2]));
}

TEST_F(MetricsLogTest, AResumeDropsLaterRows) {
  record_four_steps();
  MetricsLog resumed = log(2);
  EXPECT_EQ(std::ranges::count(lines(), '\n'), 2);
  resumed.append("steps", {{"step", 3}, {"loss", 30.0}});
  resumed.save_job()();
  EXPECT_THAT(table().read<std::int64_t>("steps/step"), ElementsAre(1, 2, 3));
  EXPECT_THAT(table().read<double>("steps/loss"), ElementsAre(1.0, 0.5, 30.0));
  EXPECT_FALSE(table().has("epochs/step"));
  EXPECT_THAT(lines(), testing::EndsWith("{\"group\":\"steps\",\"step\":3,\"loss\":30.0}\n"));
}

TEST_F(MetricsLogTest, AResumeKeepsTheRowsOfItsStep) {
  record_four_steps();
  const std::string before = lines();
  log(4).save_job()();
  EXPECT_EQ(lines(), before);
  EXPECT_THAT(table().read<double>("epochs/test_accuracy"), ElementsAre(0.5));
}

TEST_F(MetricsLogTest, ARunThatBeginsAnewKeepsNothing) {
  record_four_steps();
  {
    MetricsLog metrics = log(0);
    EXPECT_EQ(lines(), "");
    metrics.append("epochs", {{"step", 0}, {"test_accuracy", 0.1}});
  }
  static_cast<void>(log(0));
  EXPECT_EQ(lines(), "");
}

TEST_F(MetricsLogTest, AResumeDropsALineThatACrashCutShort) {
  const std::string whole = "{\"group\":\"steps\",\"step\":1,\"loss\":0.5}";
  for (std::size_t length = 0; length < whole.size(); ++length) {
    static_cast<void>(write("metrics.jsonl", whole + '\n' + whole.substr(0, length)));
    static_cast<void>(log(9));
    ASSERT_EQ(lines(), whole + '\n') << length;
  }
}

TEST_F(MetricsLogTest, RefusesToMixColumns) {
  static_cast<void>(write("metrics.jsonl", "{\"group\":\"steps\",\"step\":1,\"loss\":0.5}\n"));
  MetricsLog metrics = log(1);
  const auto message = bad_input_of([&] { metrics.append("steps", {{"step", 2}, {"accuracy", 0.5}}); });
  EXPECT_THAT(message, testing::AllOf(testing::HasSubstr("metrics.jsonl"), testing::HasSubstr("'steps'")));
}

TEST_F(MetricsLogTest, AResumeDropsLinesThatAreNoRows) {
  const std::string row = "{\"group\":\"steps\",\"step\":1}\n";
  static_cast<void>(write("metrics.jsonl",
                          "null\n[1]\n{\"step\":1}\n{\"group\":\"steps\"}\n{\"group\":\"others\",\"step\":1}\n"
                          "{\"group\":3,\"step\":1}\n{\"group\":\"steps\",\"step\":\"one\"}\n" +
                              row));
  static_cast<void>(log(9));
  EXPECT_EQ(lines(), row);
}

TEST_F(MetricsLogTest, SaysWhyItCannotWrite) {
  const std::string none = path("none");
  EXPECT_THAT(failure_of([&] { MetricsLog(none, 0); }), HasSubstr(none + "/metrics.jsonl"));
  MetricsLog metrics = log(0);
  {
    const FileSizeLimit full(10);
    EXPECT_THAT(failure_of([&] {
                  metrics.append("steps", {{"step", 1}, {"loss", 0.5}});
                }),
                HasSubstr(path("metrics.jsonl") + ": cannot write: File too large"));
  }
  std::filesystem::create_directory(path("metrics.h5"));
  EXPECT_THAT(failure_of([&] { metrics.save_job()(); }), HasSubstr(path("metrics.h5")));
}

}  // namespace
}  // namespace lockstep
