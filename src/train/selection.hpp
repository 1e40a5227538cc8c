// What the validation set decides: which epoch is the best, and when more of them are of no use.
#pragma once

#include <cstdint>

#include "checkpoint/checkpoint.hpp"
#include "config/config.hpp"
#include "train/evaluate.hpp"

namespace lockstep {

/// Chooses by the monitored value after each epoch. All that it remembers is in the run's Progress.
class ModelSelection {
 public:
  /// As the configuration says; without a validation set nothing is chosen and nothing stopped.
  explicit ModelSelection(const Config& config);

  /// True when there is a validation set to choose by.
  [[nodiscard]] bool validates() const { return validates_; }

  /// What evaluations of the validation set have to keep for the monitored value.
  [[nodiscard]] Outputs outputs() const { return outputs_; }

  /// Takes the monitored value and the loss of the validation set after an epoch, which `progress` counts already. True
  /// when the epoch is the best so far: none had a better value, nor the same with a loss as low. What is not a number
  /// is never best.
  bool update(Progress& progress, double value, double loss) const;

  /// After update(): lowers the learning rate, where the schedule asks for that, schedule.every_epochs epochs after the
  /// last gain and after the last time.
  void lower_rate(Progress& progress) const;

  /// True after an epoch that is train.patience epochs later than the last that has gained. An epoch gains when its
  /// value is better than that of the last one that did, by more than train.min_gain.
  [[nodiscard]] bool stops(const Progress& progress) const;

  /// True when no epoch is left to train.
  [[nodiscard]] bool finished(const Progress& progress) const { return progress.epoch >= epochs_ || stops(progress); }

 private:
  [[nodiscard]] double gain(double from, double to) const { return higher_is_better_ ? to - from : from - to; }

  bool validates_;
  bool higher_is_better_;
  Outputs outputs_;
  std::uint64_t epochs_;
  std::uint64_t patience_;
  double min_gain_;
  std::uint64_t epochs_to_drop_;  // 0: the rate does not depend on gains
};

}  // namespace lockstep
