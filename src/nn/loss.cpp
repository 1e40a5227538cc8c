#include "nn/loss.hpp"

#include <algorithm>

#include "base/vectorized.hpp"
#include "tensor/elementary.hpp"

namespace lockstep {

namespace {

/// probabilities = softmax(logits). Returns log(sum(exp(logits))).
LOCKSTEP_VECTORIZED float softmax_row(std::span<const float> logits, std::span<float> probabilities) {
  const float top = *std::ranges::max_element(logits);
  LOCKSTEP_INDEPENDENT
  for (std::size_t c = 0; c < logits.size(); ++c) probabilities[c] = elementary::exp(logits[c] - top);
  float sum = 0.0F;
  for (const float probability : probabilities) sum += probability;
  for (float& probability : probabilities) probability /= sum;
  return top + elementary::log(sum);
}

}  // namespace

double softmax_cross_entropy(ConstMatrix logits, std::span<const std::int32_t> labels, Matrix gradient, double sum) {
  for (std::size_t r = 0; r < logits.rows(); ++r) {
    const auto label = static_cast<std::size_t>(labels[r]);
    const float log_sum = softmax_row(logits.row(r), gradient.row(r));
    sum += static_cast<double>(log_sum) - static_cast<double>(logits.row(r)[label]);
    gradient.row(r)[label] -= 1.0F;
  }
  return sum;
}

double mean_squared_error(ConstMatrix outputs, ConstMatrix targets, Matrix gradient, double sum) {
  const auto count = static_cast<float>(outputs.cols());
  for (std::size_t r = 0; r < outputs.rows(); ++r) {
    double squares = 0;
    for (std::size_t c = 0; c < outputs.cols(); ++c) {
      const float difference = outputs.row(r)[c] - targets.row(r)[c];
      squares += static_cast<double>(difference) * static_cast<double>(difference);
      gradient.row(r)[c] = 2.0F * difference / count;
    }
    sum += squares / static_cast<double>(count);
  }
  return sum;
}

void softmax(Matrix logits) {
  for (std::size_t r = 0; r < logits.rows(); ++r) softmax_row(logits.row(r), logits.row(r));
}

std::size_t count_correct(ConstMatrix outputs, std::span<const std::int32_t> labels) {
  std::size_t correct = 0;
  for (std::size_t r = 0; r < outputs.rows(); ++r)
    correct += argmax(outputs.row(r)) == static_cast<std::size_t>(labels[r]) ? 1U : 0U;
  return correct;
}

}  // namespace lockstep
