// What every reader checks: that a file can be read, that samples can be numbered, that labels have classes.
#include "data/checks.hpp"

#include <unistd.h>

#include <limits>

#include "data_files.hpp"

namespace lockstep {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ChecksTest : public DataFilesTest {};

std::string message_about(const std::string& file) {
  return bad_input_of([&] { check_data_file(file); });
}

TEST_F(ChecksTest, SaysWhyAFileCannotBeOpened) {
  check_data_file(write("right", ""));
  EXPECT_THAT(message_about(path("none")), AllOf(HasSubstr(path("none")), HasSubstr("no such file")));
  EXPECT_THAT(message_about(write("file", "") + "/none"), HasSubstr("no such file"));
  EXPECT_THAT(message_about(path("")), HasSubstr("is a folder"));
  EXPECT_THAT(message_about("/dev/null"), HasSubstr("not a regular file"));
  EXPECT_THAT(message_about("data/none"), HasSubstr(std::filesystem::current_path().string()));
  EXPECT_THAT(message_about("/usr/share/datasets/fashion-mnist/none.gz"), HasSubstr("dataset-fashion-mnist"));
  EXPECT_THAT(message_about(path(std::string(300, 'x'))), HasSubstr("File name too long"));
}

TEST_F(ChecksTest, SaysThatAFileMayNotBeRead) {
  const std::string file = write("secret", "");
  std::filesystem::permissions(path(""), std::filesystem::perms{0711});
  std::filesystem::permissions(file, std::filesystem::perms::none);
  const uid_t self = geteuid();
  ASSERT_EQ(seteuid(self == 0 ? 1 : self), 0);  // root may read everything
  const std::string message = message_about(file);
  ASSERT_EQ(seteuid(self), 0);
  EXPECT_THAT(message, AllOf(HasSubstr(file), HasSubstr("Permission denied"), HasSubstr("permissions")));
}

TEST_F(ChecksTest, RefusesMoreSamplesThanCanBeNumbered) {
  DatasetInfo info;
  info.source = "huge.h5";
  info.samples = std::numeric_limits<std::uint32_t>::max();
  info.feature_shape = {1};
  check_sizes(info);
  ++info.samples;
  EXPECT_THAT(bad_input_of([&] { check_sizes(info); }), HasSubstr("huge.h5: 4294967296 samples"));
  info.samples = 0;
  EXPECT_THAT(bad_input_of([&] { check_sizes(info); }), HasSubstr("huge.h5: there are no samples"));
  info.samples = 1;
  info.feature_shape = {3, 0};
  EXPECT_THAT(bad_input_of([&] { check_sizes(info); }), HasSubstr("huge.h5: its samples have no features"));
}

TEST_F(ChecksTest, ListsTenNamesAtMost) {
  std::vector<std::string> names{"a", "b c"};
  EXPECT_EQ(list_names(names), "'a', 'b c'");
  names.resize(10, "d");
  EXPECT_THAT(list_names(names), testing::EndsWith("'d'"));
  names.resize(11, "d");
  EXPECT_THAT(list_names(names), testing::EndsWith("'d', ..."));
}

}  // namespace
}  // namespace lockstep
