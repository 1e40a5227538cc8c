// What may be read as a file.
#include "base/readable_file.hpp"

#include <sys/stat.h>

#include "data_files.hpp"

namespace lockstep {
namespace {

using testing::HasSubstr;

class ReadableFile : public DataFilesTest {
 protected:
  static std::string about(const std::string& path) {
    return bad_input_of([&] { check_readable_file(path); });
  }
};

TEST_F(ReadableFile, IsARegularOne) {
  check_readable_file(write("file", ""));
  EXPECT_THAT(about(path("none")), HasSubstr(path("none") + ": no such file"));
  EXPECT_THAT(about(path("")), HasSubstr("is a folder"));
  EXPECT_EQ(about(""), "the name of a file is empty; give its path");
  EXPECT_THAT(about("/dev/zero"), HasSubstr("is not a regular file"));
}

TEST_F(ReadableFile, IsNoPipeWhichIsNotWaitedFor) {
  ASSERT_EQ(mkfifo(path("pipe").c_str(), 0600), 0);
  EXPECT_THAT(about(path("pipe")), HasSubstr("is not a regular file"));
  std::filesystem::create_symlink(path("pipe"), path("link"));
  EXPECT_THAT(about(path("link")), HasSubstr("is not a regular file"));
}

}  // namespace
}  // namespace lockstep
