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
constexpr std::array<std::string_view, 6> kFree = {"run.name", "train.epochs", "checkpoint.",
                                                   "metrics.", "data.train",   "data.test"};

bool may_differ(std::string_view key) {
  if (key == "data.test_fraction") return false;
  for (const std::string_view free : kFree)
    if (key.starts_with(free)) return true;
  return false;
}

void check_same_computation(const CheckpointReader& checkpoint, const Config& config) {
  const std::string& path = checkpoint.info().data.source;
  std::map<std::string, std::string> earlier;
  for (const auto& [key, value] : config_values(read_config_text(checkpoint.info().config, path, {})))
    earlier[key] = value;
  for (const auto& [key, value] : config_values(config)) {
    const std::string before = std::exchange(earlier[key], value);
    if (!may_differ(key) && before != value)
      throw bad_input(
          "{}: belongs to a run with {} = {}, and now it is {}; set it back, choose another run.name, or begin "
          "anew with --resume never",
          path, key, before.empty() ? "(nothing)" : before, value);
  }
}

}  // namespace

std::optional<CheckpointReader> find_resume_point(const std::filesystem::path& run_folder, Resume mode,
                                                  const Config& config) {
  const CheckpointFolder folder(run_folder);
  if (mode == Resume::never) return std::nullopt;
  const std::optional<std::filesystem::path> newest = folder.newest();
  if (!newest) {
    if (mode == Resume::must)
      throw bad_input("{}: there is no checkpoint to resume from; leave --resume must away to begin",
                      run_folder.string());
    return std::nullopt;
  }
  CheckpointReader checkpoint(*newest);
  check_same_computation(checkpoint, config);
  return checkpoint;
}

void check_same_data(const CheckpointInfo& checkpoint, const DatasetInfo& data) {
  const DatasetInfo& before = checkpoint.data;
  if (before.task == data.task && before.samples == data.samples && before.feature_shape == data.feature_shape &&
      before.feature_names == data.feature_names && before.output_names == data.output_names)
    return;
  throw bad_input(
      "{}: belongs to a run on other data ({} samples, {} features, {} outputs) than {} ({}, {}, {}); give that "
      "data, or train anew",
      before.source, before.samples, before.features(), before.outputs(), data.source, data.samples, data.features(),
      data.outputs());
}

}  // namespace lockstep
