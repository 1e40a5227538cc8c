// The starts of a run, and the file that keeps them.
#include "metrics/environment.hpp"

#include "base/stopwatch.hpp"
#include "data_files.hpp"

namespace lockstep {
namespace {

class EnvironmentTest : public DataFilesTest {
 protected:
  [[nodiscard]] nlohmann::json starts() const {
    return nlohmann::json::parse(read_file(path("environment.json"))).at("starts");
  }

  /// Takes the time of the last update, which is now, out of the only start.
  static nlohmann::json without_time(nlohmann::json starts) {
    EXPECT_NEAR(starts.at(0).at("last_unix_time").get<double>(), unix_time(), 60);
    starts.at(0).erase("last_unix_time");
    return starts;
  }
};

TEST_F(EnvironmentTest, SaysHowFarAStartHasCome) {
  EnvironmentLog log(path(""), true, {{"ranks", 2}});
  log.update(0, 0.25, "");
  log.save_job()();
  EXPECT_EQ(without_time(starts()), nlohmann::json::parse(R"([{"ranks": 2, "last_step": 0, "wall_seconds": 0.25}])"));
  log.update(7, 1.00049, "done");
  const auto job = log.save_job();
  log.update(9, 5, "");
  job();
  EXPECT_EQ(without_time(starts()),
            nlohmann::json::parse(R"([{"ranks": 2, "last_step": 7, "wall_seconds": 1.0, "outcome": "done"}])"));
}

TEST_F(EnvironmentTest, AResumeAddsAndANewRunReplaces) {
  EnvironmentLog(path(""), true, {{"ranks", 1}}).save_job()();
  const EnvironmentLog resumed(path(""), false, {{"ranks", 2}});
  EXPECT_EQ(resumed.start(), nlohmann::ordered_json({{"ranks", 2}}));
  resumed.save_job()();
  EXPECT_EQ(starts(), nlohmann::json::parse(R"([{"ranks": 1}, {"ranks": 2}])"));
  EnvironmentLog(path(""), true, {{"ranks", 3}}).save_job()();
  EXPECT_EQ(starts(), nlohmann::json::parse(R"([{"ranks": 3}])"));
}

TEST_F(EnvironmentTest, AResumeFromAVersionThatKeptNoneBegins) {
  EnvironmentLog(path(""), false, {{"ranks", 2}}).save_job()();
  EXPECT_EQ(starts().size(), 1U);
}

TEST_F(EnvironmentTest, WritesTextThatIsNotUtf8) {
  EnvironmentLog(path(""), true, {{"command_line", {"lockstep", "\xff"}}}).save_job()();
  EXPECT_EQ(starts()[0]["command_line"][1], "\xEF\xBF\xBD");
}

}  // namespace
}  // namespace lockstep
