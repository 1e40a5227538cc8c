#include "train/selection.hpp"

#include <algorithm>
#include <cmath>

#include "optim/schedules.hpp"

namespace lockstep {

ModelSelection::ModelSelection(const Config& config)
    : validates_(config.data.has_validation()),
      higher_is_better_(info_of(config.train.monitor).higher_is_better),
      outputs_(info_of(config.train.monitor).needs == Needs::all_outputs ? Outputs::are_kept : Outputs::are_summed),
      epochs_(config.train.epochs),
      patience_(config.train.patience),
      min_gain_(config.train.min_gain),
      epochs_to_drop_(
          traits_of(config.schedule.name).uses.has(ScheduleOption::validation) ? config.schedule.every_epochs : 0) {}

bool ModelSelection::update(Progress& progress, double value, double loss) const {
  if (!validates_ || std::isnan(value) || std::isnan(loss)) return false;
  if (progress.gain_epoch == 0 || gain(progress.gain_value, value) > min_gain_) {
    progress.gain_epoch = progress.epoch;
    progress.gain_value = value;
  }
  const bool first = progress.best_step == 0;
  const bool tie = value == progress.best_score;
  if (!first && (tie ? loss >= progress.best_loss : gain(progress.best_score, value) < 0)) return false;
  progress.best_step = progress.step;
  progress.best_score = value;
  progress.best_loss = loss;
  return true;
}

void ModelSelection::lower_rate(Progress& progress) const {
  const std::uint64_t since = std::max(progress.gain_epoch, progress.drop_epoch);
  if (epochs_to_drop_ == 0 || progress.epoch - since < epochs_to_drop_) return;
  ++progress.rate_drops;
  progress.drop_epoch = progress.epoch;
}

bool ModelSelection::stops(const Progress& progress) const {
  const bool after_epoch = progress.epoch > 0 && progress.epoch_samples == 0;
  return validates_ && patience_ > 0 && after_epoch && progress.epoch - progress.gain_epoch >= patience_;
}

}  // namespace lockstep
