// lockstep doctor
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "base/version.hpp"
#include "cli/commands.hpp"
#include "train/checkup.hpp"

namespace lockstep {

namespace {

const char* word_for(Verdict verdict) {
  switch (verdict) {
    case Verdict::ok:
      return "ok";
    case Verdict::slow:
      return "slow";
    default:
      return "broken";
  }
}

/// Ends the job when all looks together take far too long: a file system that is gone lets programs wait for ever.
class TimeLimit {
 public:
  TimeLimit() : thread_([this](const std::stop_token& stop) { wait(stop); }) {}

  /// What is looked at from now on.
  void begin(const char* what) { what_ = what; }

 private:
  void wait(const std::stop_token& stop) {
    constexpr std::chrono::seconds kLimit(30);
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any changed;
    changed.wait_for(lock, stop, kLimit, [] { return false; });
    if (stop.stop_requested()) return;
    fmt::print(stderr, "doctor: no end after {} s, in the look at: {}; not fit for training\n", kLimit.count(),
               what_.load());
    std::_Exit(static_cast<int>(ExitStatus::failed));
  }

  std::atomic<const char*> what_ = "start";
  std::jthread thread_;
};

/// Prints findings as they come, and keeps the worst verdict.
class Report {
 public:
  explicit Report(const Communicator& world) : world_(&world) {
    if (world.is_root()) limit_.emplace();
  }

  /// Adds what `look` finds.
  template <class Look>
  void add(const char* name, Look&& look) {
    if (limit_) limit_->begin(name);
    const Finding finding = look();
    worst_ = std::max(worst_, finding.verdict);
    if (!world_->is_root()) return;
    fmt::print("{:<10}{:<7} {}\n", fmt::format("{}:", name), word_for(finding.verdict), finding.facts);
    if (!finding.problem.empty()) fmt::print("{:18}{}\n", "", finding.problem);
    std::fflush(stdout);
  }

  /// The worst verdict of rank 0, on every rank.
  [[nodiscard]] Verdict worst() const {
    auto verdict = static_cast<std::size_t>(worst_);
    world_->broadcast(verdict);
    return static_cast<Verdict>(verdict);
  }

 private:
  const Communicator* world_;
  std::optional<TimeLimit> limit_;
  Verdict worst_ = Verdict::ok;
};

ExitStatus doctor(const Communicator& world, const std::filesystem::path& folder) {
  const Communicator host = world.on_this_host();
  const Platform platform = survey_platform(world, {resolve(Kernels::automatic), Precision::bfloat16});
  if (world.is_root()) fmt::print("lockstep {}\n", version());
  Report report(world);
  report.add("ranks", [&] { return examine_ranks(platform); });
  report.add("memory", [&] { return examine_memory(world, platform); });
  report.add("kernels", [&] { return examine_kernels(platform); });
  report.add("products", [&] { return examine_products(world, platform); });
  report.add("sum", [&] { return examine_sum(world, host); });
  report.add("messages", [&] { return examine_messages(world, host, platform); });
  report.add("folder", [&] {
    return examine_folder(world, platform, folder.empty() ? std::filesystem::current_path() : folder);
  });
  const std::string launch = recommend_launch(world, platform);
  const Verdict worst = report.worst();
  if (world.is_root()) {
    fmt::print("start:    {}\n", launch);
    fmt::print("doctor: {}\n", worst == Verdict::ok     ? "fit for training"
                               : worst == Verdict::slow ? "fit for training, though slower than it could be"
                                                        : "not fit for training");
  }
  return worst == Verdict::broken ? ExitStatus::failed : ExitStatus::done;
}

}  // namespace

void add_doctor_command(CLI::App& app, Action& action) {
  const auto folder = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand(
      "doctor",
      "Look in a few seconds whether training would run here, and run well: cores, memory, kernels, products, sums, "
      "messages and a folder. Start it as training is to be started. The status is 1 when training would fail");
  command->add_option("--dir", *folder, "The folder that runs are to write to (default: the current one)")
      ->option_text("DIR");
  command->callback(
      [folder, &action] { action = [folder](const Communicator& world) { return doctor(world, *folder); }; });
}

}  // namespace lockstep
