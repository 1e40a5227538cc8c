#include "checkpoint/folder.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>

#include "base/atomic_file.hpp"
#include "base/error.hpp"

namespace lockstep {

namespace {

std::optional<std::uint64_t> step_of(const std::filesystem::path& path) {
  const std::string name = path.stem().string();
  if (path.extension() != ".h5" || !name.starts_with("step-")) return std::nullopt;
  std::uint64_t step = 0;
  const auto [end, error] = std::from_chars(name.data() + 5, name.data() + name.size(), step);
  if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
  return step;
}

void remove_file(const std::filesystem::path& path) {
  std::error_code cause;
  std::filesystem::remove(path, cause);
  if (cause) throw failure("{}: cannot remove: {}", path.string(), cause.message());
}

}  // namespace

CheckpointFolder::CheckpointFolder(const std::filesystem::path& run_folder) : folder_(run_folder / "checkpoints") {}

std::filesystem::path CheckpointFolder::of_step(std::uint64_t step) const {
  return folder_ / fmt::format("step-{:08}.h5", step);
}

std::vector<std::uint64_t> CheckpointFolder::steps() const {
  std::vector<std::uint64_t> steps;
  if (!std::filesystem::is_directory(folder_)) return steps;
  for (const auto& entry : std::filesystem::directory_iterator(folder_))
    if (const auto step = step_of(entry.path()); step && entry.path() == of_step(*step)) steps.push_back(*step);
  std::ranges::sort(steps);
  return steps;
}

std::optional<std::filesystem::path> CheckpointFolder::newest() const {
  const std::vector<std::uint64_t> all = steps();
  if (all.empty()) return std::nullopt;
  return of_step(all.back());
}

std::vector<std::filesystem::path> CheckpointFolder::newest_first() const {
  std::vector<std::filesystem::path> paths;
  for (const std::uint64_t step : steps()) paths.insert(paths.begin(), of_step(step));
  if (std::filesystem::exists(best())) paths.push_back(best());
  return paths;
}

void CheckpointFolder::create() const {
  make_folder(folder_);
}

void CheckpointFolder::prune(std::uint64_t keep) const {
  const std::vector<std::uint64_t> all = steps();
  if (keep == 0 || all.size() <= keep) return;
  for (std::size_t i = 0; i < all.size() - keep; ++i) remove_file(of_step(all[i]));
}

void CheckpointFolder::clear() const {
  for (const std::uint64_t step : steps()) remove_file(of_step(step));
  remove_file(best());
}

std::filesystem::path find_checkpoint(const std::filesystem::path& file_or_run_folder) {
  if (!std::filesystem::is_directory(file_or_run_folder)) return file_or_run_folder;
  if (const auto newest = CheckpointFolder(file_or_run_folder).newest()) return *newest;
  throw bad_input("{}: no checkpoint in this folder; give a run's folder, such as runs/NAME, or a checkpoint file",
                  file_or_run_folder.string());
}

}  // namespace lockstep
