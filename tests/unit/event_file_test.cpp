// Event files for TensorBoard, byte by byte; that TensorBoard reads them, tests/e2e/tensorboard_test.py shows.
#include "metrics/event_file.hpp"

#include "base/crc32c.hpp"
#include "data_files.hpp"

namespace lockstep {
namespace {

TEST(Crc32c, IsCastagnolis) {
  EXPECT_EQ(crc32c(""), 0U);
  EXPECT_EQ(crc32c("123456789"), 0xE3069283U);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AAU);  // RFC 3720, B.4
}

class EventFileTest : public DataFilesTest {
 protected:
  /// Events of steps 1, 2 and so on after `last_step`; the path of the file.
  [[nodiscard]] std::string record(std::uint64_t last_step, std::uint64_t steps) const {
    EventFile events(path(""), last_step);
    for (std::uint64_t step = 1; step <= steps; ++step)
      events.append(last_step + step, std::vector<std::pair<std::string, double>>{{"steps/loss", 0.5}, {"a", 1e9}});
    return events.path().string();
  }
};

TEST_F(EventFileTest, BeginsWithTheVersion) {
  const std::string content = read_file(record(0, 1));
  const std::string of_version = "brain.Event:2";
  EXPECT_EQ(content.find(of_version), 12 + 9 + 2);  // length and its checksum, time, tag
  EXPECT_THAT(content, testing::HasSubstr("steps/loss"));
}

TEST_F(EventFileTest, CutsOffLaterSteps) {
  const std::string first = record(0, 4);
  const std::string four = read_file(first);
  const std::string second = record(3, 1);
  const std::string three = read_file(first);
  EXPECT_LT(three.size(), four.size());
  EXPECT_EQ(three, four.substr(0, three.size()));
  static_cast<void>(record(4, 1));  // nothing of it is later
  EXPECT_EQ(read_file(first), three);
  static_cast<void>(record(2, 0));
  EXPECT_EQ(read_file(first).size(), 2 * three.size() - four.size());
  static_cast<void>(record(0, 0));
  EXPECT_FALSE(std::filesystem::exists(first));
  EXPECT_FALSE(std::filesystem::exists(second));
}

TEST_F(EventFileTest, CutsOffDamage) {
  const std::string first = record(0, 2);
  const std::string whole = read_file(first);
  static_cast<void>(write(std::filesystem::path(first).filename(), whole + "torn"));
  static_cast<void>(record(2, 0));
  EXPECT_EQ(read_file(first), whole);
  std::string damaged = whole;
  damaged[damaged.size() - 6] ^= 1;
  static_cast<void>(write(std::filesystem::path(first).filename(), damaged));
  static_cast<void>(record(2, 0));
  EXPECT_LT(read_file(first).size(), whole.size());
}

TEST_F(EventFileTest, LeavesFilesOfOthers) {
  const std::string theirs = write("events.out.tfevents.1.host", "theirs");
  static_cast<void>(record(0, 1));
  static_cast<void>(record(1, 1));
  EXPECT_EQ(read_file(theirs), "theirs");
}

}  // namespace
}  // namespace lockstep
