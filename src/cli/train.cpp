// lockstep train
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "base/folder_owner.hpp"
#include "base/output.hpp"
#include "base/stop_request.hpp"
#include "cli/commands.hpp"
#include "cli/commit.hpp"
#include "cli/seeds.hpp"
#include "comm/broadcast.hpp"
#include "comm/stop_relay.hpp"
#include "comm/together.hpp"
#include "config/effect.hpp"
#include "config/read.hpp"
#include "train/own_files.hpp"
#include "train/resume.hpp"
#include "train/run.hpp"
#include "train/start_from.hpp"

namespace lockstep {

namespace {

struct TrainArguments {
  std::string config;
  std::vector<std::string> overrides;
  std::string run_folder;
  std::string resume = "auto";
  std::string start_from;
  bool allow_changes = false;
  bool profile = false;
  bool force = false;
  std::optional<std::string> seeds;  // none: one run, of run.seed
  std::size_t at_once = 1;           // of the seeds
};

const std::map<std::string, Resume> kResumeModes = {
    {"auto", Resume::automatic}, {"never", Resume::never}, {"must", Resume::must}};

void check_ranks(const Communicator& world, const TrainOptions& options) {
  const std::size_t slices = options.slices_on(world.size());
  if (static_cast<std::size_t>(world.size()) > slices)
    throw bad_input(
        "{} ranks are more than the {} slices of a step; raise train.slices to {} or more, or start fewer ranks",
        world.size(), slices, world.size());
}

std::filesystem::path folder_of(const TrainArguments& arguments, const Config& config) {
  return arguments.run_folder.empty() ? std::filesystem::path("runs") / config.run.name
                                      : std::filesystem::path(arguments.run_folder);
}

/// `stop` is asked on rank 0 whether something beside a signal wants the run to stop.
RunResult train_once(const Communicator& world, const TrainArguments& arguments, const std::function<bool()>& stop) {
  ProgramStart start{.commit = commit()};
  Config config;
  std::optional<FolderOwner> owner;  // on rank 0
  ResumePoint resume;
  together(world, [&] {
    if (!world.is_root()) return;
    config = read_config(arguments.config, arguments.overrides);
    check_ranks(world, config.train);
    const std::filesystem::path folder = folder_of(arguments, config);
    owner.emplace(folder, [](const std::string& message) {
      fmt::print("note:    {}\n", message);
      std::fflush(stdout);
    });
    resume = find_resume_point(folder, {kResumeModes.at(arguments.resume), arguments.allow_changes}, config,
                               config.train.slices_on(world.size()));
    if (!arguments.start_from.empty()) open_start(arguments.start_from, folder, resume);
    check_own_files(folder, arguments.config, config, resume, arguments.force);
  });
  broadcast(world, config);
  listen_for_stop_signals();
  Run run(world, config, std::move(start), owner ? &*owner : nullptr, std::move(resume), arguments.profile);
  run.stop_also_when(stop);
  RunResult result = run.train();
  together(world, [&] {
    if (owner) owner->release();
  });
  return result;
}

/// The arguments of the run of one seed. All runs have the split of the configuration, where it has one.
TrainArguments for_seed(TrainArguments arguments, const Config& config, std::uint64_t seed) {
  arguments.run_folder = folder_of_seed(folder_of(arguments, config), seed).string();
  arguments.overrides.push_back(fmt::format("run.seed={}", seed));
  if (kWithSplit.holds(config)) arguments.overrides.push_back(fmt::format("run.split_seed={}", config.run.split_seed));
  return arguments;
}

/// The seeds, and the configuration that their runs have in common, on all ranks. Collective.
struct SeedsToTrain {
  std::vector<std::uint64_t> seeds;
  Config config;
};
SeedsToTrain find_seeds(const Communicator& world, const TrainArguments& arguments) {
  SeedsToTrain all;
  together(world, [&] {
    if (!world.is_root()) return;
    all.seeds = parse_seeds(*arguments.seeds);
    const std::size_t most = std::min(static_cast<std::size_t>(world.size()), all.seeds.size());
    if (arguments.at_once > most)
      throw bad_input("--at-once {}: {} seeds on {} ranks can be trained {} at a time; give fewer", arguments.at_once,
                      all.seeds.size(), world.size(), most);
    all.config = read_config(arguments.config, arguments.overrides);
    check_folder_of_seeds(folder_of(arguments, all.config));
  });
  broadcast(world, all.seeds);
  broadcast(world, all.config);
  return all;
}

/// Each of the groups of ranks, which are as large as each other but for one rank, trains every so many-th seed. Where
/// one is to stop, all do.
ExitStatus train_seeds(const Communicator& world, const TrainArguments& arguments) {
  const auto [seeds, config] = find_seeds(world, arguments);
  const std::size_t groups = arguments.at_once;
  const std::size_t group = static_cast<std::size_t>(world.rank()) * groups / static_cast<std::size_t>(world.size());
  const Communicator mine = world.split(static_cast<int>(group));
  std::map<std::size_t, RunResult> results;  // of seeds by their place, those that are done
  StopRelay relay(world, mine, static_cast<int>(group));
  bool stopped = false;
  for (std::size_t i = group; i < seeds.size(); i += groups) {
    stopped = stopped || mine.sum(relay.is_told() ? 1 : 0) > 0;
    if (stopped) break;
    TrainArguments of_seed = for_seed(arguments, config, seeds[i]);
    if (i > 0 && arguments.resume == "must") of_seed.resume = "auto";  // of seeds not begun nothing is there
    together(mine, [&] {
      if (!mine.is_root()) return;
      if (group > 0) print_to(std::filesystem::path(of_seed.run_folder) / "log.txt");
      fmt::print("seed:    {}, {} of {}\n", seeds[i], i + 1, seeds.size());
    });
    const RunResult result = train_once(mine, of_seed, [&] { return relay.is_told(); });
    stopped = result.status != ExitStatus::done;
    if (!stopped) results[i] = result;
    if (stopped && mine.is_root()) relay.tell();
  }
  relay.finish(stop_requested);
  for (const std::string& bytes : world.gather(mine.is_root() ? archive_of(results) : "")) {
    std::map<std::size_t, RunResult> others;
    if (!bytes.empty()) read_archive(bytes, others);
    results.merge(others);
  }
  if (world.sum(stopped ? 1 : 0) > 0) return ExitStatus::stopped;
  if (world.is_root()) print_seeds(seeds, results);
  return ExitStatus::done;
}

ExitStatus train(const Communicator& world, const TrainArguments& arguments) {
  return arguments.seeds ? train_seeds(world, arguments) : train_once(world, arguments, [] { return false; }).status;
}

}  // namespace

void add_train_command(CLI::App& app, Action& action) {
  const auto arguments = std::make_shared<TrainArguments>();
  CLI::App* command = app.add_subcommand("train",
                                         "Train a model as a configuration says; `lockstep init` writes a first one, "
                                         "and `lockstep keys` lists all its keys");
  command->add_option("CONFIG.toml", arguments->config, "The configuration, a TOML file")->required()->option_text(" ");
  add_set_option(*command, arguments->overrides, "train.epochs=3");
  command->add_option("--run-dir", arguments->run_folder, "The run's folder (default: runs/ and run.name)")
      ->option_text("DIR");
  command
      ->add_option(
          "--resume", arguments->resume,
          "Go on from the newest checkpoint in the run's folder: where there is one (auto, the default), never "
          "(its checkpoints are removed), or fail without (must)")
      ->option_text("auto|never|must")
      ->check(CLI::IsMember({"auto", "never", "must"}));
  CLI::Option* seeds =
      command
          ->add_option(
              "--seeds", arguments->seeds,
              "Train once with each of these as run.seed, on the same split, in the folders seed-N of the run's "
              "folder, and end with mean and standard deviation")
          ->option_text("N,N,...");
  command
      ->add_option("--at-once", arguments->at_once,
                   "Divide the ranks among so many of the seeds at a time (default: 1). What the first of them says is "
                   "printed, what others say is added to log.txt in the run's folder")
      ->option_text("N")
      ->check(CLI::PositiveNumber)
      ->needs(seeds);
  command->add_flag(
      "--allow-changed-arithmetic", arguments->allow_changes,
      "Go on even where configuration, OpenBLAS or program would give other bits than an undisturbed run. "
      "The log says what differs, and checkpoints keep it");
  command
      ->add_option(
          "--start-from", arguments->start_from,
          "Begin with the weights of a checkpoint, or of the best one of a run's folder, and scale features as "
          "it does, in place of initial weights, or with those of an ONNX file; where classes or targets are others, "
          "the last layer is new")
      ->option_text("CHECKPOINT|RUN_DIR|FILE.onnx");
  command->add_flag("--profile", arguments->profile,
                    "At the end, show where the time of a step went, and write a timeline to profile.json in the run's "
                    "folder");
  command->add_flag("--force", arguments->force,
                    "Replace files in the run's folder that Lockstep did not write, or that were changed since");
  command->callback(
      [arguments, &action] { action = [arguments](const Communicator& world) { return train(world, *arguments); }; });
}

}  // namespace lockstep
