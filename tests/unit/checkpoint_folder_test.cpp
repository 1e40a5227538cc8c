// The folder of checkpoints: names, the newest, and what is removed.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <stop_token>
#include <thread>

#include "checkpoint/folder.hpp"
#include "data_files.hpp"

namespace lockstep {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class CheckpointFolderTest : public DataFilesTest {
 protected:
  /// Files with these names in the folder of checkpoints.
  void add(const std::vector<std::string>& names) const {
    folder_.create();
    for (const std::string& name : names) static_cast<void>(write("checkpoints/" + name, "Lockstep sealed file: ..."));
  }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(path("checkpoints")))
      names.push_back(entry.path().filename());
    std::ranges::sort(names);
    return names;
  }

  /// A whole checkpoint of a step, whose best so far was that of `best`.
  void add_checkpoint(const std::string& name, std::uint64_t step, std::uint64_t best = 0) const {
    folder_.create();
    CheckpointInfo info;
    info.progress.step = step;
    info.progress.best_step = best;
    info.progress.best_score = 0.5;
    info.data.feature_shape = {1};
    info.data.output_names = {"a"};
    write_checkpoint(path("checkpoints/" + name), info, {});
  }
  void add_step(std::uint64_t step, std::uint64_t best = 0) const {
    add_checkpoint(folder_.of_step(step).filename(), step, best);
  }
  void damage(const std::filesystem::path& file) const { std::filesystem::resize_file(file, 1000); }
  static std::uint64_t step_of(const OpenedCheckpoint& opened) { return opened.reader->info().progress.step; }

  CheckpointFolder folder_{path("")};
};

TEST_F(CheckpointFolderTest, NamesFilesByTheirStep) {
  EXPECT_EQ(folder_.of_step(938), path("checkpoints/step-00000938.h5"));
  EXPECT_EQ(folder_.of_step(1'234'567'890), path("checkpoints/step-1234567890.h5"));
  EXPECT_EQ(folder_.best(), path("checkpoints/best.h5"));
}

TEST_F(CheckpointFolderTest, OpensTheNewest) {
  EXPECT_FALSE(folder_.open_newest().reader);  // without a folder
  for (const std::uint64_t step : {99'999'999U, 100'000'000U, 5U}) add_step(step);
  add_checkpoint("best.h5", 99'999'999);
  EXPECT_EQ(folder_.open_newest().reader->info().data.source, folder_.of_step(100'000'000));
  add_checkpoint("best.h5", 100'000'001);  // a crash came between the two
  EXPECT_EQ(folder_.open_newest().reader->info().data.source, folder_.best());
}

TEST_F(CheckpointFolderTest, PassesOverDamagedOnes) {
  for (const std::uint64_t step : {1U, 2U, 3U}) add_step(step);
  add_checkpoint("best.h5", 2);
  damage(folder_.of_step(3));
  OpenedCheckpoint newest = folder_.open_newest();
  EXPECT_EQ(step_of(newest), 2U);
  EXPECT_THAT(newest.damaged, ElementsAre(folder_.of_step(3)));
  EXPECT_EQ(folder_.open_best().reader->info().data.source, folder_.best());
  damage(folder_.best());
  EXPECT_THAT(folder_.open_best().damaged, ElementsAre(folder_.of_step(3), folder_.best()));
  EXPECT_EQ(step_of(folder_.open_best()), 2U);
  for (const std::uint64_t step : {1U, 2U}) damage(folder_.of_step(step));
  EXPECT_FALSE(folder_.open_newest().reader);
  for (const FolderMeans means : {FolderMeans::best, FolderMeans::newest})
    EXPECT_THAT(bad_input_of([&] { open_checkpoint(path(""), means); }),
                AllOf(HasSubstr(folder_.of_step(3)), HasSubstr("every other")));
}

// As evaluate meets it: a run writes and removes while the folder is read.
TEST_F(CheckpointFolderTest, LooksAgainForWhatIsGone) {
  add_step(1);
  const std::jthread run([&](const std::stop_token& stop) {
    for (std::uint64_t step = 2; !stop.stop_requested(); ++step) {
      std::filesystem::copy_file(folder_.of_step(step - 1), path("checkpoints/x.partial"));
      std::filesystem::rename(path("checkpoints/x.partial"), folder_.of_step(step));
      std::filesystem::remove(folder_.of_step(step - 1));
      std::this_thread::sleep_for(std::chrono::microseconds(300));  // a step takes longer than to open a file
    }
  });
  for (int i = 0; i < 100; ++i) EXPECT_NE(folder_.open_best().reader, nullptr);
}

TEST_F(CheckpointFolderTest, KnowsWhetherTheBestIsThere) {
  Progress progress;
  EXPECT_EQ(folder_.flaw_of_best(progress), "");  // none is expected
  progress.best_step = 5;
  progress.best_score = 0.5;
  EXPECT_EQ(folder_.flaw_of_best(progress), "is not there");
  EXPECT_FALSE(folder_.restore_best(progress));
  add_checkpoint("best.h5", 4, 4);
  EXPECT_THAT(folder_.flaw_of_best(progress), HasSubstr("is of step 4"));
  damage(folder_.best());
  EXPECT_EQ(folder_.flaw_of_best(progress), "is damaged");
  add_step(5, 4);  // equal in name, but not the best when it was made
  EXPECT_FALSE(folder_.restore_best(progress));
  add_step(5, 5);
  EXPECT_TRUE(folder_.restore_best(progress));
  EXPECT_EQ(folder_.flaw_of_best(progress), "");
  EXPECT_EQ(read_file(folder_.best()), read_file(folder_.of_step(5)));
  progress.best_score = 0.6;
  EXPECT_NE(folder_.flaw_of_best(progress), "");
  EXPECT_FALSE(folder_.restore_best(progress));
}

TEST_F(CheckpointFolderTest, WhereNothingIsChosenTheBestIsACopyOfTheNewest) {
  add_step(5);
  EXPECT_EQ(folder_.flaw_of_copy(5), "is not there");
  folder_.copy_to_best(5);
  EXPECT_EQ(folder_.flaw_of_copy(5), "");
  EXPECT_EQ(read_file(folder_.best()), read_file(folder_.of_step(5)));
  EXPECT_EQ(folder_.flaw_of_copy(6), "is of step 5, and the newest is of step 6");
  damage(folder_.best());
  EXPECT_EQ(folder_.flaw_of_copy(5), "is damaged");
  add_checkpoint("best.h5", 4, 4);
  EXPECT_EQ(folder_.flaw_of_copy(5), "") << "an earlier version has chosen it";
}

const std::vector<std::string> kOthers = {
    "notes.txt",         "step-.h5",  "step-00000009.h5.partial",       "step-00000009.txt",
    "step-00000009a.h5", "step-9.h5", "step-99999999999999999999999.h5"};

TEST_F(CheckpointFolderTest, IgnoresOtherFiles) {
  add(kOthers);
  EXPECT_FALSE(folder_.open_newest().reader);
  add_step(3);
  EXPECT_EQ(step_of(folder_.open_newest()), 3U);
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
  add({"best.h5"});
  std::filesystem::permissions(path(""), std::filesystem::perms{0711});
  std::filesystem::permissions(path("checkpoints"), std::filesystem::perms{0555});
  const uid_t self = geteuid();
  ASSERT_EQ(seteuid(self == 0 ? 1 : self), 0);  // root may remove everything
  const std::string message = failure_of([&] { folder_.clear(); });
  ASSERT_EQ(seteuid(self), 0);
  std::filesystem::permissions(path("checkpoints"), std::filesystem::perms{0755});
  EXPECT_THAT(message, AllOf(HasSubstr(folder_.best()), HasSubstr("cannot remove"), HasSubstr("Permission denied")));
}

TEST_F(CheckpointFolderTest, RemovesNothingThatIsNoCheckpoint) {
  add({"step-00000002.h5", "step-00000003.h5"});
  for (const char* name : {"checkpoints/best.h5", "checkpoints/step-00000001.h5"})
    std::filesystem::rename(write("own", "of the user"), path(name));
  folder_.prune(1);
  folder_.clear();
  EXPECT_THAT(names(), ElementsAre("best.h5", "step-00000001.h5"));
  EXPECT_EQ(read_file(path("checkpoints/best.h5")), "of the user");
}

TEST_F(CheckpointFolderTest, FindsWhatACommandMeans) {
  add_step(1);
  EXPECT_EQ(step_of(open_checkpoint(path(""), FolderMeans::best)), 1U);  // before the first epoch's end
  add_step(2);
  add_checkpoint("best.h5", 1);
  EXPECT_EQ(step_of(open_checkpoint(path(""), FolderMeans::newest)), 2U);
  for (const auto& [meant, means] :
       {std::pair(path(""), FolderMeans::best), std::pair(std::string(folder_.best()), FolderMeans::newest)})
    EXPECT_EQ(open_checkpoint(meant, means).reader->info().data.source, folder_.best());
  EXPECT_EQ(step_of(open_checkpoint(folder_.of_step(2), FolderMeans::best)), 2U);
}

TEST_F(CheckpointFolderTest, RefusesAFolderWithoutCheckpoints) {
  add({"notes.txt"});
  EXPECT_THAT(bad_input_of([&] { open_checkpoint(path(""), FolderMeans::newest); }),
              AllOf(HasSubstr(path("")), HasSubstr("runs/NAME")));
}

}  // namespace
}  // namespace lockstep
