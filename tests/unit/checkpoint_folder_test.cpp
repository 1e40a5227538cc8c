// The folder of checkpoints: names, the newest, and what is removed.
#include <algorithm>

#include "checkpoint/folder.hpp"
#include "data_files.hpp"

namespace lockstep {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Optional;

class CheckpointFolderTest : public DataFilesTest {
 protected:
  /// Files with these names in the folder of checkpoints.
  void add(const std::vector<std::string>& names) const {
    folder_.create();
    for (const std::string& name : names) static_cast<void>(write("checkpoints/" + name, ""));
  }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(path("checkpoints")))
      names.push_back(entry.path().filename());
    std::ranges::sort(names);
    return names;
  }

  CheckpointFolder folder_{path("")};
};

TEST_F(CheckpointFolderTest, NamesFilesByTheirStep) {
  EXPECT_EQ(folder_.of_step(938), path("checkpoints/step-00000938.h5"));
  EXPECT_EQ(folder_.of_step(1'234'567'890), path("checkpoints/step-1234567890.h5"));
  EXPECT_EQ(folder_.best(), path("checkpoints/best.h5"));
}

TEST_F(CheckpointFolderTest, FindsTheNewestByNumber) {
  EXPECT_EQ(folder_.newest(), std::nullopt);  // without a folder
  add({"best.h5"});
  EXPECT_EQ(folder_.newest(), std::nullopt);
  add({"step-99999999.h5", "step-100000000.h5", "step-00000005.h5"});
  EXPECT_THAT(folder_.newest(), Optional(folder_.of_step(100'000'000)));
}

const std::vector<std::string> kOthers = {
    "best.h5",           "notes.txt",         "step-.h5",  "step-00000009.h5.partial",
    "step-00000009.txt", "step-00000009a.h5", "step-9.h5", "step-99999999999999999999999.h5"};

TEST_F(CheckpointFolderTest, IgnoresOtherFiles) {
  add(kOthers);
  EXPECT_EQ(folder_.newest(), std::nullopt);
  add({"step-00000003.h5"});
  EXPECT_THAT(folder_.newest(), Optional(folder_.of_step(3)));
  folder_.prune(1);
  EXPECT_TRUE(std::filesystem::exists(folder_.of_step(3)));
  EXPECT_EQ(names().size(), kOthers.size() + 1);
}

TEST_F(CheckpointFolderTest, CreatesTheFolderOnce) {
  folder_.create();
  folder_.create();
  EXPECT_TRUE(std::filesystem::is_directory(path("checkpoints")));
  const CheckpointFolder below_a_file(write("file", ""));
  EXPECT_THAT(failure_of([&] { below_a_file.create(); }), HasSubstr(path("file/checkpoints")));
}

TEST_F(CheckpointFolderTest, PrunesTheOldest) {
  add({"best.h5", "step-00000001.h5", "step-00000020.h5", "step-00000003.h5"});
  folder_.prune(0);
  folder_.prune(3);
  EXPECT_EQ(names().size(), 4U);
  folder_.prune(2);
  EXPECT_THAT(names(), ElementsAre("best.h5", "step-00000003.h5", "step-00000020.h5"));
  folder_.prune(1);
  EXPECT_THAT(names(), ElementsAre("best.h5", "step-00000020.h5"));
}

TEST_F(CheckpointFolderTest, ClearsCheckpointsAndNothingElse) {
  folder_.clear();  // without a folder
  add({"best.h5", "notes.txt", "step-00000001.h5", "step-00000002.h5"});
  folder_.clear();
  EXPECT_THAT(names(), ElementsAre("notes.txt"));
  folder_.clear();
}

TEST_F(CheckpointFolderTest, SaysWhatCannotBeRemoved) {
  folder_.create();
  std::filesystem::create_directories(path("checkpoints/best.h5/inner"));
  EXPECT_THAT(failure_of([&] { folder_.clear(); }),
              AllOf(HasSubstr(folder_.best()), HasSubstr("cannot remove"), HasSubstr("not empty")));
}

TEST_F(CheckpointFolderTest, FindsWhatACommandMeans) {
  add({"step-00000001.h5", "step-00000002.h5", "best.h5"});
  EXPECT_EQ(find_checkpoint(path("")), folder_.of_step(2));
  EXPECT_EQ(find_checkpoint(folder_.best()), folder_.best());
  EXPECT_EQ(find_checkpoint(folder_.of_step(1)), folder_.of_step(1));
}

TEST_F(CheckpointFolderTest, RefusesAFolderWithoutCheckpoints) {
  add({"best.h5"});
  EXPECT_THAT(bad_input_of([&] { find_checkpoint(path("")); }), AllOf(HasSubstr(path("")), HasSubstr("runs/NAME")));
}

}  // namespace
}  // namespace lockstep
