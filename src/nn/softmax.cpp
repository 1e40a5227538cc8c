#include "nn/softmax.hpp"

#include <algorithm>

#include "base/vectorized.hpp"
#include "tensor/elementary.hpp"

namespace lockstep {

namespace {

LOCKSTEP_VECTORIZED float softmax_of(std::span<const float> logits, std::span<float> probabilities) {
  const float top = *std::ranges::max_element(logits);
  LOCKSTEP_INDEPENDENT
  for (std::size_t c = 0; c < logits.size(); ++c) probabilities[c] = elementary::exp(logits[c] - top);
  float sum = 0.0F;
  for (const float probability : probabilities) sum += probability;
  for (float& probability : probabilities) probability /= sum;
  return top + elementary::log(sum);
}

}  // namespace

float softmax_row(std::span<const float> logits, std::span<float> probabilities) {
  return softmax_of(logits, probabilities);
}

}  // namespace lockstep
