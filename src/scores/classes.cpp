// What is counted of classes, and the scores of one class.
#include "scores/formulas.hpp"

namespace lockstep::formulas {

namespace {

double share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

void count_classes(ConstMatrix outputs, std::span<const std::int32_t> labels, std::span<ClassCounts> classes,
                   std::uint64_t& in_top5, std::span<const std::uint64_t> weights) {
  constexpr std::size_t kTop = 5;
  for (std::size_t r = 0; r < outputs.rows(); ++r) {
    const std::span<const float> row = outputs.row(r);
    const auto label = static_cast<std::size_t>(labels[r]);
    const std::size_t predicted = argmax(row);
    const std::uint64_t weight = weight_of(weights, r);
    classes[label].support += weight;
    classes[predicted].predicted += weight;
    if (predicted == label) classes[label].correct += weight;
    std::size_t before = 0;
    for (std::size_t c = 0; c < row.size(); ++c)
      if (row[c] > row[label] || (row[c] == row[label] && c > label)) ++before;
    if (before < kTop) in_top5 += weight;
  }
}

double precision(const ClassCounts& counts) {
  return share(counts.correct, counts.predicted);
}

double recall(const ClassCounts& counts) {
  return share(counts.correct, counts.support);
}

double f1(const ClassCounts& counts) {
  return share(2 * counts.correct, counts.predicted + counts.support);
}

std::vector<std::uint64_t> confusion_matrix(ConstMatrix outputs, std::span<const std::int32_t> labels,
                                            std::span<const std::uint64_t> weights) {
  std::vector<std::uint64_t> counts(outputs.cols() * outputs.cols());
  for (std::size_t r = 0; r < outputs.rows(); ++r)
    counts[static_cast<std::size_t>(labels[r]) * outputs.cols() + argmax(outputs.row(r))] += weight_of(weights, r);
  return counts;
}

}  // namespace lockstep::formulas
