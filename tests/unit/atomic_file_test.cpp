// Files that appear whole or not at all, and what is said when they cannot.
#include "base/atomic_file.hpp"

#include <sys/stat.h>

#include "data_files.hpp"

namespace lockstep {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class AtomicFileTest : public DataFilesTest {
 protected:
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(path(""))) names.push_back(entry.path().filename());
    return names;
  }
};

TEST_F(AtomicFileTest, AppearsAtTheCommit) {
  AtomicFile file(path("a.txt"));
  EXPECT_EQ(file.temporary().parent_path(), std::filesystem::path(path("a.txt")).parent_path());
  std::ofstream(file.temporary()) << "new";
  EXPECT_FALSE(std::filesystem::exists(path("a.txt")));
  file.commit();
  EXPECT_EQ(read_file(path("a.txt")), "new");
  EXPECT_THAT(names(), ElementsAre("a.txt"));
}

TEST_F(AtomicFileTest, ReplacesAtTheCommit) {
  AtomicFile file(write("a.txt", "old"));
  std::ofstream(file.temporary()) << "new";
  EXPECT_EQ(read_file(path("a.txt")), "old");
  file.commit();
  EXPECT_EQ(read_file(path("a.txt")), "new");
}

TEST_F(AtomicFileTest, LeavesNothingWithoutACommit) {
  {
    AtomicFile file(write("a.txt", "old"));
    std::ofstream(file.temporary()) << "half";
  }
  EXPECT_EQ(read_file(path("a.txt")), "old");
  EXPECT_THAT(names(), ElementsAre("a.txt"));
  { const AtomicFile never_written(path("b.txt")); }
  EXPECT_THAT(names(), ElementsAre("a.txt"));
}

TEST_F(AtomicFileTest, ACommitOfNothingFails) {
  EXPECT_THAT(failure_of([&] { AtomicFile(path("a.txt")).commit(); }),
              AllOf(HasSubstr(path("a.txt")), HasSubstr("No such file or directory")));
}

TEST_F(AtomicFileTest, ACommitThatCannotRenameFailsAndLeavesNothing) {
  std::filesystem::create_directory(path("folder"));
  EXPECT_THAT(failure_of([&] {
                AtomicFile file(path("folder"));
                std::ofstream(file.temporary()) << "new";
                file.commit();
              }),
              AllOf(HasSubstr(path("folder")), HasSubstr("Is a directory")));
  EXPECT_THAT(names(), ElementsAre("folder"));
}

TEST_F(AtomicFileTest, LeavesAFileOfTheUserAlone) {
  const std::string partial = write("a.txt.partial", "mine");
  write_text_file(path("a.txt"), "new");
  remove_partial_files(path(""));
  EXPECT_EQ(read_file(partial), "mine");
}

TEST_F(AtomicFileTest, WhatAKilledProcessLeavesIsRemovedAndASuspendedOneCanNoLongerCommit) {
  AtomicFile file(write("a.txt", "old"));
  std::ofstream(file.temporary()) << "new";
  remove_partial_files(path(""));
  EXPECT_THAT(names(), ElementsAre("a.txt"));
  EXPECT_THAT(failure_of([&] { file.commit(); }), HasSubstr("No such file or directory"));
  EXPECT_EQ(read_file(path("a.txt")), "old");
  remove_partial_files(path("none"));
}

TEST_F(AtomicFileTest, WritesWhatALinkLeadsTo) {
  std::filesystem::create_directory(path("elsewhere"));
  std::filesystem::create_symlink("elsewhere/b.txt", path("a.txt"));
  std::filesystem::create_symlink(path("a.txt"), path("link.txt"));
  for (const std::string text : {"new", "newer"}) {
    write_text_file(path("link.txt"), text);
    EXPECT_EQ(read_file(path("elsewhere/b.txt")), text);
    EXPECT_TRUE(std::filesystem::is_symlink(path("link.txt")));
    EXPECT_TRUE(std::filesystem::is_symlink(path("a.txt")));
  }
}

TEST_F(AtomicFileTest, ReplacesNoPipeOrDevice) {
  ASSERT_EQ(mkfifo(path("pipe").c_str(), 0600), 0);
  EXPECT_THAT(failure_of([&] { write_text_file(path("pipe"), "new"); }),
              AllOf(HasSubstr(path("pipe")), HasSubstr("is not a regular file")));
  EXPECT_TRUE(std::filesystem::is_fifo(path("pipe")));
}

TEST_F(AtomicFileTest, WorksForANameWithoutAFolder) {
  write_text_file("atomic_file_test.txt", "here");
  EXPECT_EQ(read_file("atomic_file_test.txt"), "here");
  std::filesystem::remove("atomic_file_test.txt");
}

std::string write_failure(const std::string& path) {
  std::string message = failure_of([&] { write_text_file(path, "text"); });
  EXPECT_THAT(message, HasSubstr(path));
  return message;
}

TEST_F(AtomicFileTest, WritesTexts) {
  const std::string text("a\0b\n\xff", 5);
  write_text_file(path("a.txt"), text);
  EXPECT_EQ(read_file(path("a.txt")), text);
  write_text_file(path("a.txt"), "");
  EXPECT_EQ(read_file(path("a.txt")), "");
  EXPECT_THAT(names(), ElementsAre("a.txt"));
}

TEST_F(AtomicFileTest, SaysWhyATextCannotBeWritten) {
  EXPECT_THAT(write_failure(path("none/a.txt")), HasSubstr("No such file or directory"));
  EXPECT_THAT(write_failure(write("file", "") + "/a.txt"), HasSubstr("Not a directory"));
  EXPECT_THAT(write_failure(path(std::string(300, 'x'))), HasSubstr("File name too long"));
}

TEST_F(AtomicFileTest, KeepsTheOldTextWhereTheDiskIsFull) {
  const std::string file = write("a.txt", "old");
  {
    const FileSizeLimit full(1000);
    EXPECT_THAT(failure_of([&] { write_text_file(file, std::string(100'000, 'x')); }),
                AllOf(HasSubstr(file), HasSubstr("cannot write: File too large")));
  }
  EXPECT_EQ(read_file(file), "old");
  EXPECT_THAT(names(), ElementsAre("a.txt"));
}

TEST_F(AtomicFileTest, MakesFoldersWithTheirParents) {
  make_folder(path("a/b/c"));
  make_folder(path("a/b/c"));
  EXPECT_TRUE(std::filesystem::is_directory(path("a/b/c")));
}

TEST_F(AtomicFileTest, SaysWhyAFolderCannotBeMade) {
  const std::string below_a_file = write("file", "") + "/a";
  EXPECT_THAT(failure_of([&] { make_folder(below_a_file); }),
              AllOf(HasSubstr(below_a_file), HasSubstr("Not a directory")));
}

}  // namespace
}  // namespace lockstep
