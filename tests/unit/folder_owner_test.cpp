// A folder has one owner; a dead one is recognised, on this host and on others.
#include "base/folder_owner.hpp"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>

#include "base/process_identity.hpp"
#include "data_files.hpp"

namespace lockstep {
namespace {

using std::chrono::milliseconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr OwnerPatience kShort{milliseconds(20), milliseconds(400), milliseconds(100), milliseconds(300)};

class FolderOwnerTest : public DataFilesTest {
 protected:
  [[nodiscard]] std::string run() const { return path("runs/a"); }
  [[nodiscard]] std::string file() const { return run() + "/owner"; }

  /// What the claim of the folder says is added to said().
  FolderOwner::Say say() {
    return [this](const std::string& message) { said_.push_back(message); };
  }
  [[nodiscard]] const std::vector<std::string>& said() const { return said_; }

  std::string refusal() {
    return bad_input_of([&] { FolderOwner(run(), say(), kShort); });
  }

  /// A process that does `work`, the status of which it ends with.
  template <class Work>
  static pid_t start(Work&& work) {
    const pid_t child = fork();
    if (child == 0) _exit(work());
    return child;
  }
  static int status_of(pid_t child) {
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  void wait_for_owner() const {
    while (!std::filesystem::exists(file()) || read_file(file()).find("token: ") == std::string::npos)
      std::this_thread::sleep_for(milliseconds(5));
  }
  pid_t start_owner() {
    const pid_t child = start([&] {
      const FolderOwner owner(run(), say(), kShort);
      pause();
      return 0;
    });
    wait_for_owner();
    return child;
  }

  /// Makes the file that of another host's process: with another boot.
  void make_foreign(const std::string& host = "node99") const {
    std::string text = read_file(file());
    for (const auto& [name, value] : {std::pair("boot", std::string("another")), std::pair("host", host)}) {
      const std::size_t begin = text.find(std::string(name) + ": ");
      text.replace(begin, text.find('\n', begin) - begin, std::string(name) + ": " + value);
    }
    std::ofstream(file()) << text;
  }

 private:
  std::vector<std::string> said_;
};

TEST_F(FolderOwnerTest, MakesTheFolderAndLeavesNothingWhereNothingWasWritten) {
  {
    const FolderOwner owner(run() + "/", say(), kShort);
    EXPECT_TRUE(std::filesystem::exists(file()));
  }
  EXPECT_FALSE(std::filesystem::exists(path("runs")));
  {
    FolderOwner owner(run(), say(), kShort);
    std::ofstream(run() + "/kept") << "text";
    owner.check();
    owner.release();
    owner.release();
  }
  EXPECT_TRUE(std::filesystem::exists(run() + "/kept"));
  EXPECT_FALSE(std::filesystem::exists(file()));
  EXPECT_THAT(said(), IsEmpty());
}

TEST_F(FolderOwnerTest, RefusesASecondOneAndNamesTheFirst) {
  setenv("SLURM_JOB_ID", "4711", 1);
  const pid_t first = start_owner();
  setenv("SLURM_JOB_ID", "4712", 1);
  EXPECT_THAT(refusal(), AllOf(HasSubstr(run()), HasSubstr("process " + std::to_string(first) + " on "),
                               HasSubstr("(SLURM job 4711)"), HasSubstr(", since 20"), HasSubstr("--run-dir")));
  EXPECT_THAT(said(), IsEmpty());
  // The first is left alone.
  EXPECT_THAT(read_file(file()), HasSubstr("process: " + std::to_string(first)));
  setenv("SLURM_JOB_ID", "4711", 1);
  EXPECT_THAT(refusal(), HasSubstr("4711"));
  EXPECT_THAT(said(), ElementsAre(AllOf(HasSubstr("of the same job"), HasSubstr("0.3 s at most"))));
  unsetenv("SLURM_JOB_ID");
  kill(first, SIGKILL);
  status_of(first);
}

TEST_F(FolderOwnerTest, WaitsForAnEarlierStartOfTheSameJobThatIsEnding) {
  setenv("SLURM_JOB_ID", "4711", 1);
  const pid_t first = start_owner();
  std::jthread end([&] {
    std::this_thread::sleep_for(milliseconds(150));
    kill(first, SIGKILL);
  });
  FolderOwner second(run(), say(), kShort);
  unsetenv("SLURM_JOB_ID");
  second.check();
  end.join();
  status_of(first);
}

TEST_F(FolderOwnerTest, TakesOverFromAKilledProcessAtOnceThoughNobodyHasWaitedForIt) {
  const pid_t first = start_owner();
  kill(first, SIGKILL);
  const auto began = std::chrono::steady_clock::now();
  FolderOwner second(run(), say());
  EXPECT_LT(std::chrono::steady_clock::now() - began, milliseconds(900));
  second.check();
  EXPECT_THAT(said(), IsEmpty());
  status_of(first);
}

TEST_F(FolderOwnerTest, TakesANumberThatAnotherProcessHasNowForADeadOne) {
  const pid_t first = start_owner();
  std::string text = read_file(file());
  text.replace(text.find("started: "), 9, "started: 9");
  std::ofstream(file()) << text;
  FolderOwner(run(), say(), kShort).check();
  kill(first, SIGKILL);
  status_of(first);
}

TEST_F(FolderOwnerTest, RefusesAProcessElsewhereThatShowsLife) {
  const pid_t first = start_owner();
  make_foreign();
  EXPECT_THAT(refusal(), AllOf(HasSubstr("on node99"), HasSubstr("uses this folder")));
  EXPECT_THAT(said(), ElementsAre(AllOf(HasSubstr("on node99"), HasSubstr("0.4 s at most"))));
  EXPECT_THAT(read_file(file()), HasSubstr("node99"));
  kill(first, SIGKILL);
  status_of(first);
}

TEST_F(FolderOwnerTest, TakesOverFromAProcessElsewhereThatShowsNoneForAWhileThatIsSaid) {
  const pid_t first = start_owner();
  kill(first, SIGKILL);
  status_of(first);
  make_foreign();
  const auto began = std::chrono::steady_clock::now();
  FolderOwner(run(), say(), kShort).check();
  EXPECT_GE(std::chrono::steady_clock::now() - began, kShort.silence);
  EXPECT_THAT(said(), ElementsAre(HasSubstr("0.4 s at most"), AllOf(HasSubstr("node99"), HasSubstr("taken over"))));
}

TEST_F(FolderOwnerTest, TakesOverAFileThatSaysNothing) {
  std::filesystem::create_directories(run());
  std::ofstream(file()) << "";
  FolderOwner(run(), say(), kShort).check();
  EXPECT_THAT(said(), ElementsAre(HasSubstr("an unknown process"), HasSubstr("taken over")));
}

TEST_F(FolderOwnerTest, ASuspendedOwnerNoticesThatItHasLostItsFolder) {
  const std::string report = path("report");
  const pid_t first = start([&] {
    FolderOwner owner(run(), say(), kShort);
    const std::string message = failure_of([&] {
      for (;;) {
        owner.check();
        std::this_thread::sleep_for(milliseconds(10));
      }
    });
    std::ofstream(report) << message;
    return 42;
  });
  wait_for_owner();
  kill(first, SIGSTOP);
  int status = 0;
  waitpid(first, &status, WUNTRACED);
  make_foreign();
  FolderOwner second(run(), say(), kShort);
  kill(first, SIGCONT);
  EXPECT_EQ(status_of(first), 42);
  EXPECT_THAT(read_file(report),
              AllOf(HasSubstr("has lost it to process " + std::to_string(getpid())), HasSubstr("writes nothing more")));
  second.check();  // the loser has left it alone
  std::this_thread::sleep_for(2 * kShort.beat);
  second.release();
}

TEST_F(FolderOwnerTest, OneOfManyThatStartAtOnceWins) {
  constexpr int kStarts = 20;
  for (const bool after_a_dead_one : {false, true}) {
    if (after_a_dead_one) {
      const pid_t dead = start_owner();
      kill(dead, SIGKILL);
      status_of(dead);
    }
    std::array<int, 2> end{};  // of the pipe by which the winner is told to end
    ASSERT_EQ(pipe(end.data()), 0);
    for (int i = 0; i < kStarts; ++i)
      start([&] {
        close(end[1]);
        try {
          const FolderOwner owner(run(), say(), kShort);
          pollfd told{end[0], POLLIN, 0};
          poll(&told, 1, 30'000);
          return 0;
        } catch (const Error& error) {
          return static_cast<int>(error.status());
        }
      });
    std::vector<int> statuses;
    while (statuses.size() < kStarts) {
      if (statuses.size() == kStarts - 1) close(end[1]);
      statuses.push_back(status_of(-1));
    }
    close(end[0]);
    EXPECT_EQ(std::ranges::count(statuses, 0), 1);
    EXPECT_EQ(std::ranges::count(statuses, static_cast<int>(ExitStatus::bad_input)), kStarts - 1);
    // Nothing is left but the folder that the dead one made.
    EXPECT_EQ(std::filesystem::exists(run()), after_a_dead_one);
    EXPECT_TRUE(!after_a_dead_one || std::filesystem::is_empty(run()));
  }
}

}  // namespace
}  // namespace lockstep
