// The table of metrics: what a trained network is measured by.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "data/dataset.hpp"
#include "scores/formulas.hpp"

namespace lockstep {

enum class Metric {
  loss,
  accuracy,
  balanced_accuracy,
  top5_accuracy,
  log_loss,
  macro_f1,
  roc_auc,
  r2,
  rmse,
  mae,
};

/// What an evaluation has to have at hand beside sums over outputs.
enum class Needs { nothing, probabilities, all_outputs };

struct MetricInfo {
  Metric metric;
  std::string_view name;
  double (*value)(const Totals&);
  bool higher_is_better;
  std::optional<Task> task;  // that has it; none: any
  Needs needs = Needs::nothing;
};

inline constexpr MetricInfo kMetrics[] = {
    {Metric::loss, "loss", formulas::loss, false, std::nullopt},
    {Metric::accuracy, "accuracy", formulas::accuracy, true, Task::classification},
    {Metric::balanced_accuracy, "balanced_accuracy", formulas::balanced_accuracy, true, Task::classification},
    {Metric::top5_accuracy, "top5_accuracy", formulas::top5_accuracy, true, Task::classification},
    {Metric::log_loss, "log_loss", formulas::log_loss, false, Task::classification, Needs::probabilities},
    {Metric::macro_f1, "macro_f1", formulas::macro_f1, true, Task::classification},
    {Metric::roc_auc, "roc_auc", formulas::roc_auc, true, Task::classification, Needs::all_outputs},
    {Metric::r2, "r2", formulas::r2, true, Task::regression},
    {Metric::rmse, "rmse", formulas::rmse, false, Task::regression},
    {Metric::mae, "mae", formulas::mae, false, Task::regression},
};

const MetricInfo& info_of(Metric metric);

/// True when data of this kind can be measured by the metric.
bool is_of_task(Metric metric, Task task);

/// The metrics of such data, in the order of the table; without those that need probabilities or all outputs, where
/// these are not at hand.
std::vector<Metric> metrics_of(Task task, bool probabilities, bool all_outputs);

/// The score that everybody asks for first: accuracy, or R2.
inline Metric main_score(Task task) {
  return task == Task::classification ? Metric::accuracy : Metric::r2;
}

}  // namespace lockstep
