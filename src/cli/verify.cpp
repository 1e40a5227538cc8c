// lockstep verify
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <memory>

#include "base/atomic_file.hpp"
#include "base/child_process.hpp"
#include "base/counted.hpp"
#include "base/stop_request.hpp"
#include "base/stopwatch.hpp"
#include "checkpoint/checkpoint.hpp"
#include "checkpoint/folder.hpp"
#include "cli/commands.hpp"
#include "comm/together.hpp"
#include "config/read.hpp"

namespace lockstep {

namespace {

struct VerifyArguments {
  std::string config;
  std::vector<std::string> overrides;
  std::vector<int> ranks = {2, 3, 8};
  std::uint64_t steps = 300;
};

/// A folder that is gone, with all that is in it, when the object is.
class TemporaryFolder {
 public:
  TemporaryFolder() : path_(std::filesystem::temp_directory_path() / "lockstep-verify-XXXXXX") {
    std::string name = path_.string();
    if (mkdtemp(name.data()) == nullptr) throw failure("{}: cannot create the folder: {}", name, std::strerror(errno));
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// One start of the program: on so many ranks under mpirun, or 1: alone, until so many steps are complete.
struct Piece {
  int ranks = 1;
  std::uint64_t until = 0;
};

/// Where a run has come to.
struct Reached {
  std::uint64_t step = 0;
  std::string digest;
};

/// Runs of one configuration, each in a folder of its own.
class Trials {
 public:
  Trials(const VerifyArguments& arguments, std::vector<std::string> environment)
      : arguments_(arguments), environment_(std::move(environment)) {
    // Without these, mpirun refuses to work as root, who is the user in many a container.
    if (geteuid() == 0)
      environment_.insert(environment_.end(), {"OMPI_ALLOW_RUN_AS_ROOT=1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1"});
  }

  /// A run in these pieces, each of which goes on where the one before has stopped. Prints a row of the table.
  Reached run(const std::vector<Piece>& pieces) {
    Stopwatch watch;
    const std::filesystem::path run_folder = folder_.path() / fmt::format("run-{}", count_++);
    std::vector<std::string> name;
    Reached reached;
    for (const Piece& piece : pieces) {
      start(piece, reached.step, run_folder);
      const CheckpointInfo checkpoint = open_checkpoint(run_folder, FolderMeans::newest).reader->info();
      reached = {checkpoint.progress.step, checkpoint.digest};
      name.push_back(
          fmt::format("{} to step {}", counted(static_cast<std::size_t>(piece.ranks), "rank"), reached.step));
    }
    fmt::print("{}  {:6.1f} s  {}\n", reached.digest, watch.lap(), fmt::join(name, ", then "));
    std::fflush(stdout);
    std::filesystem::remove_all(run_folder);
    return reached;
  }

 private:
  void start(const Piece& piece, std::uint64_t from, const std::filesystem::path& run_folder) const {
    std::vector<std::string> command;
    if (piece.ranks > 1)
      command = {"mpirun", "--oversubscribe", "--bind-to", "none", "-n", std::to_string(piece.ranks)};
    for (const std::string& word : {std::filesystem::read_symlink("/proc/self/exe").string(), std::string("train"),
                                    arguments_.config, std::string("--run-dir"), run_folder.string()})
      command.push_back(word);
    std::vector<std::string> settings = arguments_.overrides;
    settings.push_back(fmt::format("run.stop_after_steps={}", piece.until - from));
    settings.insert(settings.end(), {"run.time_limit=0", "checkpoint.every_epochs=0", "checkpoint.every_steps=0"});
    for (const std::string& setting : settings) command.insert(command.end(), {"--set", setting});

    const std::filesystem::path log = folder_.path() / "log";
    std::filesystem::remove(log);
    const auto status = static_cast<ExitStatus>(run_command(command, environment_, log));
    if (stop_requested()) throw failure("verify: stopped on request");
    if (status == ExitStatus::done || status == ExitStatus::stopped) return;
    std::ifstream text(log);
    throw Error(status == ExitStatus::bad_input ? status : ExitStatus::failed,
                fmt::format("verify: a run has failed. It was: {}\n{}", fmt::join(command, " "),
                            std::string(std::istreambuf_iterator<char>(text), {})));
  }

  const VerifyArguments& arguments_;
  std::vector<std::string> environment_;
  TemporaryFolder folder_;
  int count_ = 0;
};

/// Bad input when this process belongs to a job of a launcher, in which another one cannot be started.
void check_alone(const Communicator& world, const std::vector<std::string>& environment) {
  const bool launched = std::ranges::any_of(environment, [](const std::string& variable) {
    return variable.starts_with("OMPI_COMM_WORLD_RANK=") || variable.starts_with("PMIX_RANK=");
  });
  if (world.size() > 1 || launched)
    throw bad_input("verify starts mpirun by itself: call it alone, without mpirun or srun");
}

ExitStatus verify(const Communicator& world, const VerifyArguments& arguments,
                  const std::vector<std::string>& environment) {
  together(world, [&] { check_alone(world, environment); });
  const Config config = read_config(arguments.config, arguments.overrides);
  const std::uint64_t slices = config.train.slices;
  if (slices == 0)
    throw bad_input(
        "train.slices = \"world\" gives the same bits on the same number of ranks only; set it to a number to verify");
  std::vector<int> ranks;
  std::vector<int> too_many;
  for (const int count : arguments.ranks)
    (static_cast<std::uint64_t>(count) <= slices ? ranks : too_many).push_back(count);
  if (ranks.empty())
    throw bad_input(
        "there is nothing to compare with 1 rank: {} ranks are more than the {} of a step; raise train.slices, or give "
        "other numbers of ranks with --ranks",
        fmt::join(too_many, ", "), counted(slices, "slice"));
  if (config.train.epochs == 0)
    throw bad_input("train.epochs = 0 takes no step, so there is nothing to compare; raise it");
  if (config.optimizer.learning_rate == 0)
    throw bad_input("optimizer.learning_rate = 0 changes no parameter, so there is nothing to compare; raise it");

  listen_for_stop_signals();
  Trials trials(arguments, environment);
  if (!too_many.empty())
    fmt::print("note: {} ranks are more than the {} of a step, and left out\n", fmt::join(too_many, ", "),
               counted(slices, "slice"));
  fmt::print("digest            time      run\n");
  const Reached whole = trials.run({{1, arguments.steps}});
  const std::uint64_t end = whole.step;
  std::vector<Reached> others;
  for (const int count : ranks) others.push_back(trials.run({{count, end}}));
  if (end >= 3)
    others.push_back(trials.run({{ranks.front(), end / 3}, {ranks.back(), 2 * end / 3}, {1, end}}));
  else
    fmt::print("note: {} too few to interrupt; give train.epochs or --steps more\n",
               counted(end, "step is", "steps are"));

  const auto differing = std::ranges::count_if(
      others, [&](const Reached& other) { return other.digest != whole.digest || other.step != end; });
  if (differing > 0)
    throw failure("verify: {} of {} runs differ from the run on 1 rank: this configuration is not reproducible here",
                  differing, others.size());
  fmt::print("verify: all {} digests are equal after {}\n", others.size() + 1, counted(end, "step"));
  return ExitStatus::done;
}

}  // namespace

void add_verify_command(CLI::App& app, Action& action, const std::vector<std::string>& environment) {
  const auto arguments = std::make_shared<VerifyArguments>();
  CLI::App* command = app.add_subcommand(
      "verify",
      "Prove on some hundred steps of a configuration that other numbers of ranks, and interruptions, give the "
      "same bits. Starts mpirun by itself; the run's own folder is not touched");
  command->add_option("CONFIG.toml", arguments->config, "The configuration, a TOML file")->required()->option_text(" ");
  add_set_option(*command, arguments->overrides, "train.epochs=3");
  command
      ->add_option("--ranks", arguments->ranks,
                   "Numbers of ranks to compare with 1 rank; those above train.slices are left out (default: 2,3,8)")
      ->option_text("N,N,...")
      ->delimiter(',')
      ->check(CLI::Range(2, 1 << 16));
  command->add_option("--steps", arguments->steps, "Steps of each run (default: 300)")
      ->option_text("N")
      ->check([](const std::string& text) {
        std::uint64_t steps = 0;
        const bool right = CLI::detail::lexical_cast(text, steps) && steps > 0;
        return right ? "" : text + " is not a whole number above 0";
      });
  command->callback([arguments, &action, &environment] {
    action = [arguments, &environment](const Communicator& world) { return verify(world, *arguments, environment); };
  });
}

}  // namespace lockstep
