#include "checkpoint/folder.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/seal.hpp"

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

/// Opens a checkpoint, or adds it to the damaged ones. False when it is not there, or no longer.
bool try_to_open(const std::filesystem::path& path, OpenedCheckpoint& opened) {
  try {
    opened.reader = std::make_unique<CheckpointReader>(path);
  } catch (const Error& error) {
    if (!std::filesystem::exists(path)) return false;
    if (dynamic_cast<const DamagedCheckpoint*>(&error) == nullptr) throw;
    opened.damaged.push_back(path);
  }
  return true;
}

/// Unless it is somebody else's.
void remove_checkpoint(const std::filesystem::path& path) {
  if (!has_seal(path)) return;
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

std::optional<OpenedCheckpoint> CheckpointFolder::try_to_open_newest() const {
  OpenedCheckpoint newest;
  const std::vector<std::uint64_t> all = steps();
  for (auto step = all.rbegin(); step != all.rend() && !newest.reader; ++step)
    if (!try_to_open(of_step(*step), newest)) return std::nullopt;
  OpenedCheckpoint best;
  try_to_open(this->best(), best);
  newest.damaged.insert(newest.damaged.end(), best.damaged.begin(), best.damaged.end());
  const auto step_of = [](const OpenedCheckpoint& opened) { return opened.reader->info().progress.step; };
  if (best.reader && (!newest.reader || step_of(best) > step_of(newest))) newest.reader = std::move(best.reader);
  return newest;
}

OpenedCheckpoint CheckpointFolder::open_newest() const {
  constexpr int kTries = 1000;
  for (int i = 0; i < kTries; ++i)
    if (auto newest = try_to_open_newest()) return std::move(*newest);
  throw failure("{}: checkpoints are removed before they can be read; try again, or raise checkpoint.keep",
                folder_.string());
}

OpenedCheckpoint CheckpointFolder::open_best() const {
  OpenedCheckpoint best;
  try_to_open(this->best(), best);
  return best.reader ? std::move(best) : open_newest();
}

std::string CheckpointFolder::flaw_of_best(const Progress& progress) const {
  if (progress.best_step == 0) return {};
  OpenedCheckpoint best;
  if (!try_to_open(this->best(), best)) return "is not there";
  if (!best.reader) return "is damaged";
  const Progress& found = best.reader->info().progress;
  if (found.step == progress.best_step && found.best_score == progress.best_score) return {};
  return fmt::format("is of step {}, and the best was that of step {}", found.step, progress.best_step);
}

std::string CheckpointFolder::flaw_of_copy(std::uint64_t step) const {
  OpenedCheckpoint best;
  if (!try_to_open(this->best(), best)) return "is not there";
  if (!best.reader) return "is damaged";
  const Progress& found = best.reader->info().progress;
  if (found.step == step || found.best_step > 0) return {};
  return fmt::format("is of step {}, and the newest is of step {}", found.step, step);
}

bool CheckpointFolder::restore_best(const Progress& progress) const {
  OpenedCheckpoint same;
  if (!try_to_open(of_step(progress.best_step), same) || !same.reader) return false;
  const Progress& found = same.reader->info().progress;
  if (found.best_step != progress.best_step || found.best_score != progress.best_score) return false;
  copy_to_best(progress.best_step);
  return true;
}

void CheckpointFolder::copy_to_best(std::uint64_t step) const {
  AtomicFile whole(best());
  std::error_code cause;
  std::filesystem::copy_file(of_step(step), whole.temporary(), std::filesystem::copy_options::overwrite_existing,
                             cause);
  if (cause) throw failure("{}: cannot write: {}", whole.temporary().string(), cause.message());
  whole.commit();
}

std::vector<std::filesystem::path> CheckpointFolder::files() const {
  std::vector<std::filesystem::path> files;
  for (const std::uint64_t step : steps()) files.push_back(of_step(step));
  if (std::filesystem::exists(best())) files.push_back(best());
  return files;
}

void CheckpointFolder::create() const {
  make_folder(folder_);
}

void CheckpointFolder::prune(std::uint64_t keep) const {
  const std::vector<std::uint64_t> all = steps();
  if (keep == 0 || all.size() <= keep) return;
  for (std::size_t i = 0; i < all.size() - keep; ++i) remove_checkpoint(of_step(all[i]));
}

void CheckpointFolder::clear() const {
  for (const std::uint64_t step : steps()) remove_checkpoint(of_step(step));
  remove_checkpoint(best());
}

OpenedCheckpoint open_checkpoint(const std::filesystem::path& file_or_run_folder, FolderMeans means) {
  OpenedCheckpoint opened;
  if (!std::filesystem::is_directory(file_or_run_folder)) {
    opened.reader = std::make_unique<CheckpointReader>(file_or_run_folder);
    return opened;
  }
  const CheckpointFolder folder(file_or_run_folder);
  opened = means == FolderMeans::best ? folder.open_best() : folder.open_newest();
  if (opened.reader) return opened;
  if (!opened.damaged.empty())
    throw bad_input("{}: damaged, as is every other checkpoint in this folder", opened.damaged.front().string());
  throw bad_input("{}: no checkpoint in this folder; give a run's folder, such as runs/NAME, or a checkpoint file",
                  file_or_run_folder.string());
}

}  // namespace lockstep
