#include "scores/metric.hpp"

#include <algorithm>

namespace lockstep {

const MetricInfo& info_of(Metric metric) {
  return *std::ranges::find(kMetrics, metric, &MetricInfo::metric);
}

bool is_of_task(Metric metric, Task task) {
  return info_of(metric).task.value_or(task) == task;
}

std::vector<Metric> metrics_of(Task task, bool probabilities, bool all_outputs) {
  std::vector<Metric> metrics;
  for (const MetricInfo& info : kMetrics) {
    const bool at_hand = info.needs == Needs::nothing || (info.needs == Needs::probabilities && probabilities) ||
                         (info.needs == Needs::all_outputs && all_outputs);
    if (at_hand && is_of_task(info.metric, task)) metrics.push_back(info.metric);
  }
  return metrics;
}

}  // namespace lockstep
