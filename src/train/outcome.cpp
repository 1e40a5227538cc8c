#include "train/outcome.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "metrics/lines.hpp"
#include "scores/metric.hpp"

namespace lockstep {

double score_of_a_guess(const PreparedDataset& data) {
  if (data.info.task == Task::regression) return 0;
  std::vector<double> weights(data.info.outputs());
  for (std::size_t i = 0; i < data.labels.size(); ++i)
    weights[static_cast<std::size_t>(data.labels[i])] += data.weights.empty() ? 1.0 : data.weights[i];
  return std::ranges::max(weights) / std::accumulate(weights.begin(), weights.end(), 0.0);
}

bool is_poor(double score, double guess) {
  return score <= guess && score < 1;
}

std::string note_on_poor_score(const char* part, Task task, std::uint64_t epoch, double score,
                               const std::vector<DeadUnits>& layers) {
  std::string dead;
  for (const DeadUnits& layer : layers)
    if (layer.dead > 0)
      dead += fmt::format("{}{} of {} in layer {}", dead.empty() ? "" : ", ", layer.dead, layer.units, layer.layer);
  const std::string found =
      fmt::format("{}_{} {} after epoch {} is no better than to name the {}", part, info_of(main_score(task)).name,
                  short_number(score), epoch, task == Task::classification ? "largest class" : "mean");
  if (dead.empty()) return found + "; no unit is dead: train longer, or with another optimizer.learning_rate";
  return fmt::format(
      "{}; units that are 0 for all {} samples, so that they may never learn again: {}; lower "
      "optimizer.learning_rate, or use model.activation = \"leaky_relu\"",
      found, part, dead);
}

}  // namespace lockstep
