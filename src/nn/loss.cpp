#include "nn/loss.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/vectorized.hpp"
#include "nn/losses/list.hpp"

namespace lockstep {

namespace {

/// True for an entry that takes the numbers of classes.
template <class Entry>
constexpr bool kTakesLabels = requires(const Entry& entry, std::span<float> row) {
  entry(row, std::size_t{}, row);
};

/// True for an entry with its own predictions.
template <class Entry>
constexpr bool kPredicts = requires(std::span<float> row) {
  Entry::predict(row);
};

/// The loss of row r, and its gradient in place, times the row's weight, where there are weights.
LOCKSTEP_INLINE double weighted(double loss, std::span<float> gradient, std::span<const double> weights,
                                std::size_t r) {
  if (weights.empty()) return loss;
  const auto weight = static_cast<float>(weights[r]);
  float* values = gradient.data();
  for (std::size_t c = 0; c < gradient.size(); ++c) values[c] *= weight;
  return loss * weights[r];
}

template <class Entry>
double add_of_labels(const Entry& loss, ConstMatrix outputs, std::span<const std::int32_t> labels, Matrix gradient,
                     double sum, std::span<const double> weights) {
  for (std::size_t r = 0; r < outputs.rows(); ++r)
    sum += weighted(loss(outputs.row(r), static_cast<std::size_t>(labels[r]), gradient.row(r)), gradient.row(r),
                    weights, r);
  return sum;
}

template <class Entry>
LOCKSTEP_INLINE double add_of_targets(const Entry& loss, ConstMatrix outputs, ConstMatrix targets, Matrix gradient,
                                      double sum, std::span<const double> weights) {
  const auto count = static_cast<float>(outputs.cols());
  for (std::size_t r = 0; r < outputs.rows(); ++r) {
    double row_sum = 0;
    for (std::size_t c = 0; c < outputs.cols(); ++c) {
      const OutputLoss one = loss(outputs.row(r)[c], targets.row(r)[c]);
      row_sum += one.loss;
      gradient.row(r)[c] = one.derivative / count;
    }
    sum += weighted(row_sum / static_cast<double>(count), gradient.row(r), weights, r);
  }
  return sum;
}

/// The same of a costly loss, by whole vectors: rows lie one after the other, so that narrow ones fill them too.
template <class Entry>
LOCKSTEP_INLINE double add_in_vectors(const Entry& loss, ConstMatrix outputs, ConstMatrix targets, Matrix gradient,
                                      double sum, std::span<const double> weights) {
  constexpr std::size_t kAtATime = 4096;  // outputs, which stay in the cache
  const std::size_t cols = outputs.cols();
  const auto count = static_cast<float>(cols);
  const std::size_t rows = std::clamp<std::size_t>(kAtATime / cols, 1, std::max<std::size_t>(1, outputs.rows()));
  std::vector<float> values(rows * cols);  // outputs, then derivatives
  std::vector<float> expected(rows * cols);
  std::vector<double> losses(rows * cols);
  for (std::size_t begin = 0; begin < outputs.rows(); begin += rows) {
    const std::size_t end = std::min(outputs.rows(), begin + rows);
    for (std::size_t r = begin; r < end; ++r) {
      std::copy_n(outputs.row(r).begin(), cols, &values[(r - begin) * cols]);
      std::copy_n(targets.row(r).begin(), cols, &expected[(r - begin) * cols]);
    }
    const std::size_t size = (end - begin) * cols;
    LOCKSTEP_INDEPENDENT
    for (std::size_t i = 0; i < size; ++i) {
      const OutputLoss one = loss(values[i], expected[i]);
      losses[i] = one.loss;
      values[i] = one.derivative / count;
    }
    for (std::size_t r = begin; r < end; ++r) {
      std::copy_n(&values[(r - begin) * cols], cols, gradient.row(r).begin());
      double row_sum = 0;
      for (std::size_t c = 0; c < cols; ++c) row_sum += losses[(r - begin) * cols + c];
      sum += weighted(row_sum / static_cast<double>(count), gradient.row(r), weights, r);
    }
  }
  return sum;
}

}  // namespace

bool takes_labels(LossName loss) {
  return Losses::visit(loss, [](auto entry) { return kTakesLabels<typename decltype(entry)::type>; });
}

TargetRange target_range(LossName loss) {
  return Losses::visit(loss, [](auto entry) {
    using Entry = typename decltype(entry)::type;
    if constexpr (kTakesLabels<Entry>)
      return kAnyTargets;
    else
      return Entry::kTargets;
  });
}

bool scales_targets(LossName loss) {
  const TargetRange range = target_range(loss);
  return std::isinf(range.least) && std::isinf(range.most);
}

bool changes_outputs(LossName loss) {
  return Losses::visit(loss, [](auto entry) { return kPredicts<typename decltype(entry)::type>; });
}

LOCKSTEP_VECTORIZED double add_losses(const LossOptions& loss, ConstMatrix outputs,
                                      std::span<const std::int32_t> labels, ConstMatrix targets, Matrix gradient,
                                      double sum, std::span<const double> weights) {
  return Losses::visit(loss.name, [&](auto entry) LOCKSTEP_INLINED {
    using Entry = typename decltype(entry)::type;
    if constexpr (kTakesLabels<Entry>)
      return add_of_labels(Entry(loss), outputs, labels, gradient, sum, weights);
    else if constexpr (Entry::kIsCostly)
      return add_in_vectors(Entry(loss), outputs, targets, gradient, sum, weights);
    else
      return add_of_targets(Entry(loss), outputs, targets, gradient, sum, weights);
  });
}

bool has_probabilities(LossName loss) {
  return takes_labels(loss);
}

void to_predictions(LossName loss, Matrix outputs) {
  Losses::visit(loss, [&](auto entry) {
    using Entry = typename decltype(entry)::type;
    if constexpr (kPredicts<Entry>)
      for (std::size_t r = 0; r < outputs.rows(); ++r) Entry::predict(outputs.row(r));
  });
}

std::size_t count_correct(ConstMatrix outputs, std::span<const std::int32_t> labels) {
  std::size_t correct = 0;
  for (std::size_t r = 0; r < outputs.rows(); ++r)
    correct += argmax(outputs.row(r)) == static_cast<std::size_t>(labels[r]) ? 1U : 0U;
  return correct;
}

}  // namespace lockstep
