#include "train/objective.hpp"

#include <cmath>
#include <vector>

#include "base/error.hpp"
#include "data/advice.hpp"
#include "nn/loss.hpp"
#include "nn/losses/list.hpp"
#include "tensor/elementwise.hpp"

namespace lockstep {

namespace {

/// add_losses() of outputs against the labels or targets of these rows of a batch.
double add_losses_of(const LossOptions& loss, const BatchLoader& batch, const Range& rows, ConstMatrix outputs,
                     Matrix gradient, double sum, std::span<const double> weights) {
  if (takes_labels(loss.name))
    return add_losses(loss, outputs, batch.labels().subspan(rows.begin, rows.size()), {}, gradient, sum, weights);
  return add_losses(loss, outputs, {}, batch.targets().rows(rows), gradient, sum, weights);
}

/// The same of mixtures, row by row: the losses against what belongs to both samples, by their shares.
double mixed_loss_and_gradient(const LossOptions& loss, const BatchLoader& batch, const Range& rows,
                               ConstMatrix outputs, Matrix gradient, double sum) {
  std::vector<float> of_partner(outputs.cols());
  for (std::size_t r = rows.begin; r < rows.end; ++r) {
    const auto add_row = [&](std::size_t row, double share, Matrix to) {
      const double weight = batch.weights().empty() ? share : share * batch.weights()[row];
      sum = add_losses_of(loss, batch, {row, row + 1}, outputs.rows({r, r + 1}), to, sum, {&weight, 1});
    };
    const auto share = static_cast<double>(batch.share());
    add_row(r, share, gradient.rows({r, r + 1}));
    add_row(batch.partner(r), 1 - share, Matrix(of_partner, 1, outputs.cols()));
    add(gradient.row(r), of_partner, gradient.row(r));
  }
  return sum;
}

}  // namespace

bool wants_one_hot(const LossOptions& loss, const DatasetInfo& data) {
  return !takes_labels(loss.name) && data.task == Task::classification;
}

double loss_and_gradient(const LossOptions& loss, const BatchLoader& batch, const Range& rows, ConstMatrix outputs,
                         Matrix gradient, double sum) {
  if (batch.is_mixed()) return mixed_loss_and_gradient(loss, batch, rows, outputs, gradient, sum);
  const auto weights = batch.weights().empty() ? batch.weights() : batch.weights().subspan(rows.begin, rows.size());
  return add_losses_of(loss, batch, rows, outputs.rows(rows), gradient.rows(rows), sum, weights);
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
