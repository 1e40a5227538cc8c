#include "train/resume.hpp"

#include <fmt/ranges.h>

#include "base/version.hpp"
#include "checkpoint/folder.hpp"
#include "config/compare.hpp"
#include "config/read.hpp"

namespace lockstep {

namespace {

/// Bad input where the steps of an epoch would be others: then the run's place in its epoch has no meaning.
void check_same_steps(const CheckpointInfo& checkpoint, const Config& config) {
  const std::uint64_t before = read_resolved_config(checkpoint.config, checkpoint.data.source, {}).train.global_batch;
  if (before != config.train.global_batch)
    throw bad_input(
        "{}: belongs to a run with train.global_batch = {}, and now it is {}, so that its epochs would have other "
        "steps; set it back, choose another run.name, or begin anew with --resume never",
        checkpoint.data.source, before, config.train.global_batch);
}

}  // namespace

void ResumePoint::add_changes(const std::vector<std::string>& found) {
  if (!found.empty() && !allow_changes)
    throw bad_input(
        "{}: belongs to a run with {}; set it back, choose another run.name, begin anew with --resume never, or go on "
        "with --allow-changed-arithmetic, to other bits than an undisturbed run's",
        checkpoint->info().data.source, fmt::join(found, "; and with "));
  changes.insert(changes.end(), found.begin(), found.end());
}

std::string ResumePoint::started_from() const {
  if (checkpoint) return checkpoint->info().started_from;
  if (start) return start->info().digest;
  return foreign_start ? foreign_start->digest : "";
}

const CheckpointInfo* ResumePoint::known_data() const {
  if (checkpoint) return checkpoint->info().started_from.empty() ? nullptr : &checkpoint->info();
  return start ? &start->info() : nullptr;
}

std::string ResumePoint::all_changes() const {
  if (!checkpoint) return {};
  std::string all = checkpoint->info().arithmetic_changes;
  if (!changes.empty())
    all += fmt::format("{}after step {}: {}", all.empty() ? "" : "; ", checkpoint->info().progress.step,
                       fmt::join(changes, "; "));
  return all;
}

void ResumePoint::forget_other_choices(const Config& config, const std::string& validation_digest, Progress& progress) {
  const CheckpointInfo& info = checkpoint->info();
  const bool same_set = info.validation_digest == validation_digest;
  const bool same_metric =
      read_resolved_config(info.config, info.data.source, {}).train.monitor == config.train.monitor;
  const bool chosen = config.data.has_validation();
  if (chosen && same_set && same_metric) return;
  if (chosen && progress.best_step > 0)
    notes.push_back(fmt::format("the best checkpoint so far was chosen by another {}, so the best begins anew",
                                same_set ? "train.monitor" : "validation set"));
  progress.forget_best();
  progress.forget_gain();
}

void ResumePoint::check_best(const std::filesystem::path& run_folder, bool chosen, Progress& progress) {
  const CheckpointFolder folder(run_folder);
  const std::string flaw = chosen ? folder.flaw_of_best(progress) : folder.flaw_of_copy(progress.step);
  if (flaw.empty()) return;
  const std::filesystem::path source = folder.of_step(chosen ? progress.best_step : progress.step);
  const bool made_again = chosen ? folder.restore_best(progress) : std::filesystem::exists(source);
  if (made_again && !chosen) folder.copy_to_best(progress.step);
  if (made_again)
    notes.push_back(fmt::format("{} {}: made again from {}", folder.best().string(), flaw, source.string()));
  best_is_lost = chosen && !made_again;
  if (!best_is_lost) return;
  notes.push_back(fmt::format("{} {}, so the best begins anew", folder.best().string(), flaw));
  progress.forget_best();
}

ResumePoint find_resume_point(const std::filesystem::path& run_folder, const ResumeOptions& options,
                              const Config& config, std::uint64_t slices) {
  ResumePoint point;
  point.allow_changes = options.allow_changes;
  if (options.mode == Resume::never) return point;
  OpenedCheckpoint newest = CheckpointFolder(run_folder).open_newest();
  point.checkpoint = std::move(newest.reader);
  point.damaged = std::move(newest.damaged);
  if (point.checkpoint) {
    check_same_steps(point.checkpoint->info(), config);
    point.add_changes(changed_arithmetic(point.checkpoint->info(), config, slices));
  } else if (!point.damaged.empty()) {
    throw bad_input("{}: damaged, as is every other checkpoint of the run; begin anew with --resume never",
                    point.damaged.front().string());
  } else if (options.mode == Resume::must) {
    throw bad_input("{}: there is no checkpoint to resume from; leave --resume must away to begin",
                    run_folder.string());
  }
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
      "give that data{}, choose another run.name, or begin anew with --resume never",
      before.source, before.samples, before.features(), before.outputs(), before.digest, data.source, data.samples,
      data.features(), data.outputs(), data.digest, hint_on_version(checkpoint));
}

std::string hint_on_version(const CheckpointInfo& checkpoint) {
  const std::string& writer = checkpoint.lockstep_version;
  if (writer == version()) return "";
  return fmt::format(
      " (or, where the file is the same, use lockstep {}, which wrote the checkpoint and may have held back other "
      "samples)",
      writer);
}

void check_same_validation(const CheckpointInfo& checkpoint, bool validates) {
  if ((checkpoint.validation_samples > 0) == validates) return;
  throw bad_input(
      "{}: belongs to a run {} validation set, and now there is {}; set data.validation or data.validation_fraction "
      "back, choose another run.name, or begin anew with --resume never",
      checkpoint.data.source, validates ? "without a" : "with a", validates ? "one" : "none");
}

}  // namespace lockstep
