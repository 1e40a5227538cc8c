#include "scores/metric.hpp"

#include <algorithm>

namespace lockstep {

const MetricInfo& info_of(Metric metric) {
  return *std::ranges::find(kMetrics, metric, &MetricInfo::metric);
}

bool is_of_task(Metric metric, Task task) {
  return info_of(metric).task.value_or(task) == task;
}

}  // namespace lockstep
