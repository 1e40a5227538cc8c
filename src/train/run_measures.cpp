// What a run measures: the validation set after each epoch, the test set in the end, and its own time.
#include "base/stopwatch.hpp"
#include "comm/together.hpp"
#include "predict/parameters.hpp"
#include "train/outcome.hpp"
#include "train/profile_report.hpp"
#include "train/run.hpp"

namespace lockstep {

const Evaluation& Run::evaluate() {
  if (!evaluation_) {
    Stopwatch watch;
    evaluation_ = measure(evaluator_);
    evaluation_seconds_ = watch.lap();
  }
  return *evaluation_;
}

Evaluation Run::measure(Evaluator& evaluator) {
  const Evaluator::Part part = evaluator.measure(
      state_.model_parameters(), [this] { watchdog_.beat(Activity::evaluating, state_.progress.step); });
  watchdog_.beat(Activity::summing, state_.progress.step);
  return evaluator.combine(part);
}

Evaluation Run::measure_test() {
  if (!selection_.validates()) return evaluate();
  if (state_.progress.best_step > 0) take_best_parameters();
  Evaluator evaluator(world_, model_, config_.train.loss, data_.test);
  return measure(evaluator);
}

void Run::take_best_parameters() {
  together(world_, [&] {
    if (recorder_) load_parameters(CheckpointReader(recorder_->best_checkpoint()), model_, state_.model_parameters());
  });
  share_state();
  evaluation_.reset();
}

bool Run::update_best(const Evaluation& watched) {
  return selection_.update(state_.progress, watched.value(config_.train.monitor), watched.loss);
}

void Run::choose_best_again() {
  const Progress& progress = state_.progress;
  const bool after_epoch = progress.epoch > 0 && progress.epoch_samples == 0;
  if (!selection_.validates() || !after_epoch || progress.best_step > 0 || (complete_ && !best_is_lost_)) return;
  if (update_best(evaluate()) && recorder_) save(*recorder_, {.newest = complete_, .best = true});
}

void Run::note_poor_score(const Evaluation& watched) {
  const Progress& progress = state_.progress;
  if (!is_poor(watched.score, guess_) || (noted_poor_score_ && !selection_.finished(progress))) return;
  noted_poor_score_ = true;
  const std::vector<DeadUnits> dead = evaluator_.dead_units(
      state_.model_parameters(), [this] { watchdog_.beat(Activity::evaluating, state_.progress.step); });
  if (recorder_)
    recorder_->print_note(note_on_poor_score(selection_.validates() ? "validation" : "test", data_.train.info.task,
                                             progress.epoch, watched.score, dead));
}

void Run::record_ranks() {
  watchdog_.beat(Activity::summing, state_.progress.step);
  std::array<double, kPhases + 1> mine{};  // seconds, and slices
  for (std::size_t phase = 0; phase < kPhases; ++phase) mine[phase] = profile_.seconds()[phase] - recorded_[phase];
  mine.back() = static_cast<double>(step_.slices());
  recorded_ = profile_.seconds();
  const std::vector<double> all = world_.gather(mine);
  std::vector<RankSeconds> ranks;
  for (std::size_t begin = 0; begin < all.size(); begin += mine.size()) {
    const auto of = [&](Phase phase) { return all[begin + static_cast<std::size_t>(phase)]; };
    ranks.push_back({.input = of(Phase::gather),
                     .compute = of(Phase::forward) + of(Phase::backward) + of(Phase::update),
                     .sum = of(Phase::sum),
                     .wait = of(Phase::wait),
                     .slices = all[begin + kPhases]});
  }
  if (recorder_) recorder_->record_ranks(state_.progress, ranks);
}

void Run::show_profile() {
  profile_.lap(Phase::checkpoint);
  const std::string table = profile_table(world_, profile_, state_.progress.step - first_step_);
  const auto laps = gather_laps(world_, profile_);
  if (recorder_) recorder_->show_profile(table, laps);
}

}  // namespace lockstep
