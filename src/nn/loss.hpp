// Losses: what training makes small, with its gradient.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "nn/losses/options.hpp"
#include "tensor/matrix.hpp"

namespace lockstep {

/// True for a loss that takes the numbers of classes. The others take targets, or one-hot rows in place of classes.
bool takes_labels(LossName loss);

/// The targets that a loss takes; any, for one that takes labels.
TargetRange target_range(LossName loss);

/// True for a loss whose targets may be moved and scaled, since it takes any numbers.
bool scales_targets(LossName loss);

/// True where predictions are another function of the outputs than themselves.
bool changes_outputs(LossName loss);

/// Of each row of `outputs`, (batch, outputs), the loss, which is added to `sum`, a sample after the other, so that a
/// batch may come in parts; and the loss's gradient by the outputs, of the same shape. The loss takes either `labels`
/// (batch) or `targets` (batch, outputs). `weights` (batch) multiply both, where there are any.
double add_losses(const LossOptions& loss, ConstMatrix outputs, std::span<const std::int32_t> labels,
                  ConstMatrix targets, Matrix gradient, double sum = 0, std::span<const double> weights = {});

/// True where predictions are probabilities of classes.
bool has_probabilities(LossName loss);

/// Turns a network's outputs into what it predicts, row by row: probabilities with the two cross-entropies, means with
/// Poisson's loss. Shape (batch, outputs).
void to_predictions(LossName loss, Matrix outputs);

/// How many rows have their largest value at their label. Shapes (batch, classes) and (batch).
std::size_t count_correct(ConstMatrix outputs, std::span<const std::int32_t> labels);

}  // namespace lockstep
