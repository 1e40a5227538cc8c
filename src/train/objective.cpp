#include "train/objective.hpp"

#include <cmath>

#include "base/error.hpp"
#include "data/advice.hpp"
#include "nn/loss.hpp"
#include "nn/losses/list.hpp"

namespace lockstep {

bool wants_one_hot(const LossOptions& loss, const DatasetInfo& data) {
  return !takes_labels(loss.name) && data.task == Task::classification;
}

double loss_and_gradient(const LossOptions& loss, const BatchLoader& batch, const Range& rows, ConstMatrix outputs,
                         Matrix gradient, double sum) {
  const auto weights = batch.weights().empty() ? batch.weights() : batch.weights().subspan(rows.begin, rows.size());
  if (takes_labels(loss.name))
    return add_losses(loss, outputs.rows(rows), batch.labels().subspan(rows.begin, rows.size()), {},
                      gradient.rows(rows), sum, weights);
  return add_losses(loss, outputs.rows(rows), {}, batch.targets().rows(rows), gradient.rows(rows), sum, weights);
}

void check_targets(const LossOptions& loss, const Dataset& data) {
  const TargetRange range = target_range(loss.name);
  const std::size_t columns = data.info.outputs();
  for (std::size_t i = 0; i < data.targets.size(); ++i) {
    if (data.targets[i] >= range.least && data.targets[i] <= range.most) continue;
    throw bad_input(
        "{}: target '{}' is {}, and train.loss = \"{}\" takes targets {}; correct it, or choose "
        "another loss",
        data.name_of(i / columns), data.info.output_names[i % columns], data.targets[i], Losses::name_of(loss.name),
        std::isinf(range.most) ? fmt::format("from {} on", range.least)
                               : fmt::format("from {} to {}", range.least, range.most));
  }
}

std::string remedy_for(const LossOptions& loss, const PreparedDataset& data) {
  return overflow_remedy(data.info.task, data.transform, scales_targets(loss.name));
}

}  // namespace lockstep
