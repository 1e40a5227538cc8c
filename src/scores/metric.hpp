// What a trained network is measured by.
#pragma once

#include <optional>
#include <string_view>
#include <utility>

#include "data/dataset.hpp"

namespace lockstep {

enum class Metric { loss, accuracy, r2 };

struct MetricInfo {
  Metric metric;
  std::string_view name;
  bool higher_is_better;
  std::optional<Task> task;  // that has it; none: any
};

/// The one table of metrics.
inline constexpr MetricInfo kMetrics[] = {
    {Metric::loss, "loss", false, std::nullopt},
    {Metric::accuracy, "accuracy", true, Task::classification},
    {Metric::r2, "r2", true, Task::regression},
};

const MetricInfo& info_of(Metric metric);

/// True when data of this kind can be measured by the metric.
bool is_of_task(Metric metric, Task task);

/// The score that everybody asks for first: accuracy, or R2.
inline Metric main_score(Task task) {
  return task == Task::classification ? Metric::accuracy : Metric::r2;
}

}  // namespace lockstep
