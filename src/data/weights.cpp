#include "data/weights.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/counted.hpp"
#include "base/error.hpp"
#include "data/checks.hpp"
#include "data/split.hpp"

namespace lockstep {

namespace {

double sum_of(const std::vector<double>& weights) {
  return std::accumulate(weights.begin(), weights.end(), 0.0);
}

/// Leaves out what has weight 0, and says so to the user.
void leave_out_zeros(Dataset& data) {
  std::vector<std::uint32_t> kept;
  for (std::uint32_t i = 0; i < data.weights.size(); ++i)
    if (data.weights[i] > 0) kept.push_back(i);
  const std::size_t zeros = data.weights.size() - kept.size();
  if (zeros == 0) return;
  keep_samples(data, kept);
  data.info.notes.push_back(fmt::format("{}: {} left out", data.info.source,
                                        counted(zeros, "sample of weight 0 is", "samples of weight 0 are")));
}

/// What each class weighs.
std::vector<double> weights_of_classes(const Dataset& train, const ClassWeights& given) {
  const std::vector<std::string>& names = train.info.output_names;
  std::vector<double> weights(names.size(), given.balanced ? 0.0 : 1.0);
  for (const auto& [name, weight] : given.by_class) {
    const auto found = std::ranges::find(names, name);
    if (found == names.end())
      throw bad_input("train.class_weights: there is no class '{}' in {}; its classes are {}", name, train.info.source,
                      list_names(names));
    weights[static_cast<std::size_t>(found - names.begin())] = weight;
  }
  if (!given.balanced) return weights;
  for (std::size_t i = 0; i < train.labels.size(); ++i)
    weights[static_cast<std::size_t>(train.labels[i])] += train.weights.empty() ? 1.0 : train.weights[i];
  const auto occurring = static_cast<double>(std::ranges::count_if(weights, [](double sum) { return sum > 0; }));
  const double all = sum_of(weights);
  for (double& weight : weights)
    if (weight > 0) weight = all / (occurring * weight);
  return weights;
}

std::string describe(const std::vector<std::string>& names, const std::vector<double>& weights) {
  constexpr std::size_t kMost = 20;
  std::string text;
  for (std::size_t c = 0; c < std::min(names.size(), kMost); ++c)
    text += fmt::format("{}{} {:.4g}", text.empty() ? "" : ", ", names[c], weights[c]);
  return "weights of classes: " + text + (names.size() > kMost ? ", ..." : "");
}

}  // namespace

void settle_weights(Dataset& data) {
  for (std::size_t i = 0; i < data.weights.size(); ++i)
    if (data.weights[i] < 0)
      throw bad_input("{}: its weight '{}' is {}; weights are numbers from 0 on, and 0 leaves a sample out",
                      data.name_of(i), data.info.weights, data.weights[i]);
  const double sum = sum_of(data.weights);
  if (!std::isfinite(sum))
    throw bad_input("{}: the sum of the weights '{}' is beyond the largest float64; give them in another unit",
                    data.info.source, data.info.weights);
  if (sum == 0)
    throw bad_input("{}: all weights '{}' are 0, which leaves every sample out; give some a weight above 0",
                    data.info.source, data.info.weights);
  leave_out_zeros(data);
}

void TrainingWeights::apply(Dataset& train) const {
  if (!of_classes.empty()) {
    train.weights.resize(train.info.samples, 1.0);
    for (std::size_t i = 0; i < train.weights.size(); ++i)
      train.weights[i] *= of_classes[static_cast<std::size_t>(train.labels[i])];
  }
  for (double& weight : train.weights) weight = std::ldexp(weight, exponent);
}

TrainingWeights weigh_for_training(Dataset& train, const ClassWeights& classes) {
  TrainingWeights result;
  if (classes.any() && !train.labels.empty()) {
    result.of_classes = weights_of_classes(train, classes);
    train.info.notes.push_back(describe(train.info.output_names, result.of_classes));
  }
  result.apply(train);
  if (train.weights.empty()) return result;
  const double largest = std::ranges::max(train.weights);
  if (!std::isfinite(largest) || largest == 0)
    throw bad_input("train.class_weights: of {} no training sample has a weight that is {}; give other weights",
                    train.info.source, largest == 0 ? "above 0" : "below the largest float64");
  leave_out_zeros(train);
  constexpr double kLeast = 1e-20;  // of the largest: times a gradient, it is still far from the least float32
  for (std::size_t i = 0; i < train.weights.size(); ++i)
    if (train.weights[i] < kLeast * largest)
      throw bad_input("{}: its weight is {}, which float32 does not hold beside the largest, {}; 0 leaves a sample out",
                      train.name_of(i), train.weights[i], largest);
  result.exponent = -std::ilogb(largest);
  for (double& weight : train.weights) weight = std::ldexp(weight, result.exponent);
  return result;
}

}  // namespace lockstep
