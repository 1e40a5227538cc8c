#include "train/resume.hpp"

#include <array>
#include <map>
#include <string_view>

#include "checkpoint/folder.hpp"
#include "config/read.hpp"
#include "config/write.hpp"

namespace lockstep {

namespace {

/// Keys, or beginnings of keys, that do not change what a step computes.
constexpr std::array<std::string_view, 10> kFree = {"run.name",
                                                    "run.time_limit",
                                                    "run.stop_after_steps",
                                                    "train.epochs",
                                                    "train.check_replicas_every",
                                                    "train.watchdog_seconds",
                                                    "checkpoint.",
                                                    "metrics.",
                                                    "data.train",
                                                    "data.test"};

bool may_differ(std::string_view key) {
  if (key == "data.test_fraction") return false;
  for (const std::string_view free : kFree)
    if (key.starts_with(free)) return true;
  return false;
}

void check_same_computation(const CheckpointReader& checkpoint, const Config& config) {
  const std::string& path = checkpoint.info().data.source;
  std::map<std::string, std::string> earlier;
  for (const auto& [key, value] : config_values(read_resolved_config(checkpoint.info().config, path, {})))
    earlier[key] = value;
  std::map<std::string, std::string> now;
  for (const auto& [key, value] : config_values(config)) now[key] = value;
  for (const auto& [key, value] : earlier) now.try_emplace(key, "");  // no longer there
  for (const auto& [key, value] : now) {
    const std::string& before = earlier[key];
    if (!may_differ(key) && before != value)
      throw bad_input(
          "{}: belongs to a run with {} = {}, and now it is {}; set it back, choose another run.name, or begin "
          "anew with --resume never",
          path, key, before.empty() ? "(nothing)" : before, value.empty() ? "(nothing)" : value);
  }
}

}  // namespace

ResumePoint find_resume_point(const std::filesystem::path& run_folder, Resume mode, const Config& config) {
  ResumePoint point;
  if (mode == Resume::never) return point;
  for (const std::filesystem::path& path : CheckpointFolder(run_folder).newest_first()) {
    try {
      point.checkpoint.emplace(path);
    } catch (const DamagedCheckpoint& damage) {
      point.damaged.push_back(path);
      continue;
    }
    check_same_computation(*point.checkpoint, config);
    return point;
  }
  if (!point.damaged.empty())
    throw bad_input("{}: damaged, as is every other checkpoint of the run; begin anew with --resume never",
                    point.damaged.front().string());
  if (mode == Resume::must)
    throw bad_input("{}: there is no checkpoint to resume from; leave --resume must away to begin",
                    run_folder.string());
  return point;
}

void set_aside(const std::vector<std::filesystem::path>& damaged) {
  for (const std::filesystem::path& path : damaged) {
    std::filesystem::path aside = path;
    aside += ".damaged";
    std::filesystem::rename(path, aside);
  }
}

void check_same_data(const CheckpointInfo& checkpoint, const Dataset& train) {
  const DatasetInfo& before = checkpoint.data;
  DatasetInfo data = train.info;
  if (checkpoint.format == 1) data.digest = digest_in_float32(train);
  if (same_data(before, data)) return;
  throw bad_input(
      "{}: belongs to a run on other data ({} samples, {} features, {} outputs, digest {}) than {} ({}, {}, {}, {}); "
      "give "
      "that data, choose another run.name, or begin anew with --resume never",
      before.source, before.samples, before.features(), before.outputs(), before.digest, data.source, data.samples,
      data.features(), data.outputs(), data.digest);
}

}  // namespace lockstep
