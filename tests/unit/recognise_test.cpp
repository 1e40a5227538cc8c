// Files that runs have written are told from those of users.
#include "metrics/recognise.hpp"

#include "base/hdf5.hpp"
#include "data_files.hpp"
#include "metrics/environment.hpp"
#include "metrics/log.hpp"
#include "metrics/trace.hpp"

namespace lockstep {
namespace {

class Recognise : public DataFilesTest {};

TEST_F(Recognise, MetricsOfARunWithAndWithoutRows) {
  MetricsLog log(path(""), 0);
  log.save_job()();
  EXPECT_TRUE(is_metrics_text(path("metrics.jsonl")));
  EXPECT_TRUE(is_metrics_table(path("metrics.h5")));
  log.append("epochs", {{"step", 4}, {"test_loss", 0.5}});
  log.save_job()();
  EXPECT_TRUE(is_metrics_text(path("metrics.jsonl")));
  EXPECT_TRUE(is_metrics_table(path("metrics.h5")));
}

TEST_F(Recognise, NoMetricsOfTheUser) {
  EXPECT_FALSE(is_metrics_text(write("a", "{\"loss\": 1}\n")));
  EXPECT_FALSE(is_metrics_text(write("a", "my notes")));
  EXPECT_FALSE(is_metrics_text(path("none")));
  EXPECT_FALSE(is_metrics_table(write("a", "my notes")));
  EXPECT_FALSE(is_metrics_table(path("none")));
  Hdf5File file = Hdf5File::create(path("a.h5"));
  const std::vector<double> loss = {1, 2};
  file.write<double>("loss", loss, {2}, Storage::checked);
  file.close();
  EXPECT_FALSE(is_metrics_table(path("a.h5")));
}

TEST_F(Recognise, AnEnvironment) {
  EnvironmentLog(path(""), true, {{"ranks", 2}}).save_job()();
  EXPECT_TRUE(is_environment(path("environment.json")));
  for (const char* text : {"", "{}", "[]", "my notes", "{\"starts\": []}", R"({"lockstep_version": "1", "starts": 1})"})
    EXPECT_FALSE(is_environment(write("a", text))) << text;
  EXPECT_FALSE(is_environment(path("none")));
}

TEST_F(Recognise, ATimeline) {
  const std::vector<std::vector<Profile::Lap>> ranks(1);
  write_trace(path("profile.json"), ranks);
  EXPECT_TRUE(is_trace(path("profile.json")));
  EXPECT_FALSE(is_trace(write("a", "{\"traceEvents\": []}")));
}

}  // namespace
}  // namespace lockstep
