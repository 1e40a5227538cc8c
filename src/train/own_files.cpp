#include "train/own_files.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <vector>

#include "base/marked_text.hpp"
#include "base/seal.hpp"
#include "checkpoint/folder.hpp"
#include "metrics/recognise.hpp"

namespace lockstep {

namespace {

/// As the run wrote it. A version of the program that did not mark it has put the same text into its checkpoints.
bool is_own_config(const std::filesystem::path& path) {
  if (has_whole_mark(path)) return true;
  std::ifstream file(path, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  const OpenedCheckpoint newest = CheckpointFolder(path.parent_path()).open_newest();
  return newest.reader && newest.reader->info().config == text;
}

}  // namespace

void check_own_files(const std::filesystem::path& run_folder, const std::filesystem::path& config_file,
                     const Config& config, const ResumePoint& resume, bool force) {
  const auto is_read = [&](const std::filesystem::path& path) {
    std::error_code ignored;
    const auto is_it = [&](const std::string& input) { return std::filesystem::equivalent(input, path, ignored); };
    const auto has_it = [&](const DataFile& file) { return std::ranges::any_of(file.files(), is_it); };
    return is_it(config_file.string()) || has_it(config.data.train) || has_it(config.data.test) ||
           has_it(config.data.validation);
  };
  const auto check = [&](const std::filesystem::path& path, auto&& is_own) {
    std::error_code ignored;
    const std::filesystem::file_status status = std::filesystem::status(path, ignored);
    if (!exists(status)) return;
    const bool own = is_regular_file(status) && is_own(path);
    if (own) return;
    if (is_read(path))
      throw bad_input(
          "{}: this run reads it, and would replace it by a file of its own; give another --run-dir, or move it "
          "elsewhere",
          path.string());
    if (!is_regular_file(status)) throw bad_input("{}: is in the way of a file of this run", path.string());
    if (!force)
      throw bad_input(
          "{}: Lockstep did not write it, or it was changed since, and this run would replace it; give another "
          "--run-dir, move it elsewhere, or let it be replaced by --force",
          path.string());
  };
  check(run_folder / "config.toml", is_own_config);
  check(run_folder / "metrics.jsonl", is_metrics_text);
  check(run_folder / "metrics.h5", is_metrics_table);
  check(run_folder / "environment.json", is_environment);
  check(run_folder / "profile.json", is_trace);
  for (const std::filesystem::path& path : CheckpointFolder(run_folder).files())
    if (std::ranges::find(resume.damaged, path) == resume.damaged.end()) check(path, has_seal);
}

}  // namespace lockstep
