// Dropout: a training step leaves a random part of a layer's outputs out. Evaluation and prediction have all of them.
#pragma once

#include <cstdint>
#include <span>

#include "tensor/matrix.hpp"

namespace lockstep {

/// The step and the samples for which outputs are left out. With layer and unit they are all that decides, so that
/// neither ranks nor interruptions have a say.
struct DropoutKey {
  std::uint64_t seed = 0;
  std::uint64_t step = 0;
  std::span<const std::uint32_t> samples;  // their numbers in the data set, a row each
};

/// Fills `mask`, shape (batch, units), with 0 at the outputs of layer `layer` that are left out, each with probability
/// `rate`, and with 1 / (1 - rate) elsewhere, so that sums keep their expected values: Srivastava et al., "Dropout: a
/// simple way to prevent neural networks from overfitting", 2014, scaled in training as PyTorch does.
///
/// Unit u of a sample is left out when half u % 2, the low one first, of word u / 2 of the random sequence (seed,
/// dropout, step, sample, layer) is less than rate * 2^32.
void draw_dropout_mask(const DropoutKey& key, std::size_t layer, double rate, Matrix mask);

/// product = a * b, element by element. All have the same shape; `product` may be one of the others.
void multiply_elements(ConstMatrix a, ConstMatrix b, Matrix product);

/// sum = a + b, likewise.
void add_elements(ConstMatrix a, ConstMatrix b, Matrix sum);

}  // namespace lockstep
