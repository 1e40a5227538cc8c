#include "train/selection.hpp"

#include <cmath>

namespace lockstep {

ModelSelection::ModelSelection(const Config& config)
    : validates_(config.data.has_validation()),
      higher_is_better_(info_of(config.train.monitor).higher_is_better),
      outputs_(info_of(config.train.monitor).needs == Needs::all_outputs ? Outputs::are_kept : Outputs::are_summed),
      epochs_(config.train.epochs),
      patience_(config.train.patience),
      min_gain_(config.train.min_gain) {}

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

bool ModelSelection::stops(const Progress& progress) const {
  const bool after_epoch = progress.epoch > 0 && progress.epoch_samples == 0;
  return validates_ && patience_ > 0 && after_epoch && progress.epoch - progress.gain_epoch >= patience_;
}

}  // namespace lockstep
