// The file by which a folder is tried.
#include "base/folder_probe.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/error.hpp"

namespace lockstep {
namespace {

std::filesystem::path empty_folder() {
  std::filesystem::path folder = testing::TempDir() + "folder_probe";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directory(folder);
  return folder;
}

std::string refusal(const std::filesystem::path& folder) {
  try {
    const FolderProbe probe(folder);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(FolderProbe, IsThereWhileItLivesAndLeavesNothing) {
  const auto folder = empty_folder();
  {
    const FolderProbe probe(folder);
    EXPECT_NO_THROW(find_probe(folder, probe.name()));
    EXPECT_GT(probe.bytes_per_second(), 0);
    EXPECT_GT(probe.free_bytes(), 0U);
    EXPECT_EQ(probe.refused_locks(), "");
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder));
}

TEST(FolderProbe, SaysWhyAFolderCannotBeWritten) {
  const auto folder = empty_folder();
  EXPECT_THAT(refusal(folder / "missing"), testing::HasSubstr("No such file or directory"));
  std::ofstream(folder / "file") << "text";
  EXPECT_THAT(refusal(folder / "file"), testing::HasSubstr("Not a directory"));
  EXPECT_NE(refusal("/proc"), "");
}

TEST(FolderProbe, IsNotFoundInAnotherFolder) {
  const auto folder = empty_folder();
  std::filesystem::create_directory(folder / "other");
  const FolderProbe probe(folder);
  EXPECT_THROW(find_probe(folder / "other", probe.name()), Error);
}

}  // namespace
}  // namespace lockstep
