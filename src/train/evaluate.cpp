#include "train/evaluate.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "comm/broadcast.hpp"
#include "comm/leaf_sum.hpp"
#include "comm/together.hpp"
#include "nn/loss.hpp"
#include "predict/row_predictor.hpp"
#include "tensor/elementwise.hpp"
#include "train/objective.hpp"

namespace lockstep {

namespace {

/// What all samples weigh: their number, where they have no weights.
double total_weight(const PreparedDataset& data) {
  return data.weights.empty() ? static_cast<double>(data.info.samples)
                              : std::accumulate(data.weights.begin(), data.weights.end(), 0.0);
}

/// The squared distances of each target from its mean, summed over all samples by their weights, in two passes: targets
/// far from zero keep their digits.
std::vector<double> squares_about_mean(const PreparedDataset& data, double weight) {
  std::vector<double> squares;
  const std::span<const double> targets = data.targets;
  const std::size_t columns = targets.empty() ? 0 : data.info.outputs();
  for (std::size_t c = 0; c < columns; ++c) {
    double sum = 0;  // of distances from the first
    for (std::size_t i = 0; i < data.info.samples; ++i)
      sum += weight_of(data.weights, i) * (targets[i * columns + c] - targets[c]);
    const double mean = targets[c] + sum / weight;
    squares.push_back(0);
    for (std::size_t i = 0; i < data.info.samples; ++i) {
      const double distance = targets[i * columns + c] - mean;
      squares.back() += weight_of(data.weights, i) * (distance * distance);
    }
  }
  return squares;
}

void append_rows(ConstMatrix rows, std::vector<float>& values) {
  for (std::size_t r = 0; r < rows.rows(); ++r) values.insert(values.end(), rows.row(r).begin(), rows.row(r).end());
}

}  // namespace

Evaluator::Evaluator(const Communicator& comm, const Model& model, const LossOptions& loss,
                     const PreparedDataset& dataset, Outputs outputs)
    : comm_(comm),
      model_(&model),
      loss_(loss),
      dataset_(&dataset),
      outputs_(outputs),
      remedy_(remedy_for(loss, dataset)),
      weight_(total_weight(dataset)),
      whole_weights_(dataset.weights, weight_),
      total_squares_(squares_about_mean(dataset, weight_)),
      chunks_((dataset.info.samples + kPredictedTogether - 1) / kPredictedTogether),
      loader_(dataset, kPredictedTogether, wants_one_hot(loss, dataset.info)),
      workspace_(model, kPredictedTogether, 0) {}

template <class Use>
void Evaluator::for_each_chunk(std::span<const float> parameters, Use&& use) {
  const Range mine = part_of(chunks_, static_cast<std::size_t>(comm_.size()), static_cast<std::size_t>(comm_.rank()));
  not_finite_.reset();
  for (std::size_t chunk = mine.begin; chunk < mine.end && !not_finite_; ++chunk) {
    const std::size_t samples = gather_chunk(chunk);
    const ConstMatrix outputs =
        model_->forward(parameters, loader_.inputs(), OwnedSlices(samples, 1, {0, 1}), workspace_);
    if (is_finite(outputs))
      use(chunk * kPredictedTogether, outputs);
    else
      note_not_finite(chunk * kPredictedTogether, outputs.rows());
  }
}

std::size_t Evaluator::gather_chunk(std::size_t chunk) {
  const std::size_t first = chunk * kPredictedTogether;
  std::vector<std::uint32_t> samples(std::min<std::size_t>(kPredictedTogether, dataset_->info.samples - first));
  std::iota(samples.begin(), samples.end(), static_cast<std::uint32_t>(first));
  loader_.gather(samples);
  return samples.size();
}

void Evaluator::note_not_finite(std::size_t first, std::size_t rows) {
  for (std::size_t r = 0; r < rows; ++r) {
    const Range row{r, r + 1};
    for (std::size_t layer = 0; layer < model_->layers().size(); ++layer)
      if (!is_finite(workspace_.activations(layer, rows).rows(row))) {
        not_finite_ =
            failure("{}: an output of layer {} is not finite; {}", dataset_->name_of(first + r), layer, remedy_);
        return;
      }
  }
  for (std::size_t r = 0; r < rows; ++r) {
    const ConstMatrix outputs = workspace_.activations(model_->layers().size() - 1, rows);
    if (std::isfinite(loss_and_gradient(loss_, loader_, {r, r + 1}, outputs, workspace_.output_delta(rows)))) continue;
    not_finite_ = failure("{}: its loss is not finite; {}", dataset_->name_of(first + r), remedy_);
    return;
  }
}

void Evaluator::check_finite() const {
  together(comm_, [this] {
    if (not_finite_) throw Error(*not_finite_);
  });
}

std::size_t Evaluator::width() const {
  const DatasetInfo& info = dataset_->info;
  return 1 + (info.task == Task::classification ? 1 : 2 * info.outputs());
}

void Evaluator::append_residuals(std::size_t first, ConstMatrix predictions, std::vector<double>& row) const {
  const Scaling& scaling = dataset_->transform.targets;
  for (std::size_t c = 0; c < predictions.cols(); ++c) {
    double squares = 0;
    double absolutes = 0;
    for (std::size_t r = 0; r < predictions.rows(); ++r) {
      const double prediction = scaling.raw(static_cast<double>(predictions.row(r)[c]), c);
      const double residual = prediction - dataset_->targets[(first + r) * predictions.cols() + c];
      const double weight = weight_of(dataset_->weights, first + r);
      squares += weight * (residual * residual);
      absolutes += weight * std::abs(residual);
    }
    row.insert(row.end(), {squares, absolutes});
  }
}

Matrix Evaluator::predict(ConstMatrix outputs) {
  const Matrix predictions = workspace_.output_delta(outputs.rows());
  for (std::size_t r = 0; r < outputs.rows(); ++r) std::ranges::copy(outputs.row(r), predictions.row(r).begin());
  to_predictions(loss_.name, predictions);
  return predictions;
}

Evaluator::Part Evaluator::measure(std::span<const float> parameters, const std::function<void()>& on_chunk) {
  Part part = empty_part();
  for_each_chunk(parameters, [&](std::size_t first, ConstMatrix outputs) {
    on_chunk();
    const Range all{0, outputs.rows()};
    part.rows.push_back(loss_and_gradient(loss_, loader_, all, outputs, workspace_.output_delta(outputs.rows())));
    if (!std::isfinite(part.rows.back())) return note_not_finite(first, outputs.rows());
    add(first, outputs, predict(outputs), part);
  });
  return part;
}

Evaluator::Part Evaluator::empty_part() const {
  Part part;
  if (dataset_->info.task == Task::classification) part.classes.resize(dataset_->info.outputs());
  return part;
}

void Evaluator::add(std::size_t first, ConstMatrix ranked, ConstMatrix predictions, Part& part) const {
  if (dataset_->info.task == Task::classification) {
    formulas::count_classes(ranked, loader_.labels(), part.classes, part.in_top5,
                            whole_weights_.of(first, first + predictions.rows()));
    part.rows.push_back(has_probabilities(loss_.name)
                            ? formulas::add_log_loss(predictions, loader_.labels(), 0, loader_.weights())
                            : 0.0);
  } else {
    append_residuals(first, predictions, part.rows);
  }
  if (outputs_ == Outputs::are_kept) append_rows(predictions, part.outputs);
}

Evaluation Evaluator::evaluate_predictions(ConstMatrix predictions) {
  Part part = empty_part();
  for (std::size_t chunk = 0; chunk < chunks_; ++chunk) {
    const std::size_t first = chunk * kPredictedTogether;
    const ConstMatrix rows = predictions.rows({first, first + gather_chunk(chunk)});
    part.rows.push_back(0);  // in the place of a loss
    add(first, rows, rows, part);
  }
  Evaluation result = combine(part);
  result.loss = result.totals.loss = std::numeric_limits<double>::quiet_NaN();
  return result;
}

Totals Evaluator::total(const Part& part) const {
  const DatasetInfo& info = dataset_->info;
  LeafSum sum_rows(comm_, chunks_, width());
  const std::span<const double> sums = sum_rows(part.rows);
  Totals totals;
  totals.weight = weight_;
  totals.loss = sums[0];
  if (info.task == Task::regression) {
    for (std::size_t c = 0; c < total_squares_.size(); ++c)
      totals.targets.push_back({sums[1 + 2 * c], sums[2 + 2 * c], total_squares_[c]});
    return totals;
  }
  totals.log_loss = sums[1];
  std::vector<std::uint64_t> counts{part.in_top5};
  for (const ClassCounts& of : part.classes) counts.insert(counts.end(), {of.support, of.predicted, of.correct});
  comm_.sum(counts);
  totals.in_top5 = counts[0];
  for (std::size_t at = 1; at < counts.size(); at += 3)
    totals.classes.push_back({counts[at], counts[at + 1], counts[at + 2]});
  return totals;
}

Evaluation Evaluator::combine(const Part& part) const {
  check_finite();
  Evaluation result;
  result.totals = total(part);
  if (outputs_ == Outputs::are_kept) {
    result.outputs = comm_.gather(part.outputs);
    if (dataset_->info.task == Task::classification) {
      if (comm_.is_root())
        result.totals.roc_auc =
            formulas::area_under_roc(ConstMatrix(result.outputs, dataset_->info.samples, model_->outputs()),
                                     dataset_->labels, whole_weights_.of(0, dataset_->info.samples));
      broadcast(comm_, result.totals.roc_auc);
    }
  }
  result.loss = result.value(Metric::loss);
  result.score = result.value(main_score(dataset_->info.task));
  together(comm_, [&] {
    if (!std::isfinite(result.loss) || !std::isfinite(result.score))
      throw failure("{}: the {} over all samples is not finite; {}", dataset_->info.source,
                    std::isfinite(result.loss) ? "R2" : "loss", remedy_);
  });
  return result;
}

std::vector<DeadUnits> Evaluator::dead_units(std::span<const float> parameters, const std::function<void()>& on_chunk) {
  std::vector<DeadUnits> layers;
  std::vector<float> most;  // that this rank has seen of each unit
  for (std::size_t k = 0; k + 1 < model_->layers().size(); ++k)
    if (const Layer& layer = model_->layers()[k]; layer.activation == kActivation<Relu>) {
      layers.push_back({k, 0, layer.outputs});
      most.resize(most.size() + layer.outputs);
    }
  if (layers.empty()) return {};
  for_each_chunk(parameters, [&](std::size_t, ConstMatrix outputs) {
    on_chunk();
    std::size_t unit = 0;
    for (const DeadUnits& layer : layers)
      for (std::size_t c = 0; c < layer.units; ++c, ++unit)
        for (std::size_t r = 0; r < outputs.rows(); ++r)
          most[unit] = std::max(most[unit], workspace_.activations(layer.layer, outputs.rows()).row(r)[c]);
  });
  const std::vector<float> all = comm_.gather(most);
  if (!comm_.is_root()) return {};
  std::size_t unit = 0;
  for (DeadUnits& layer : layers)
    for (std::size_t c = 0; c < layer.units; ++c, ++unit) {
      bool alive = false;
      for (std::size_t at = unit; at < all.size(); at += most.size()) alive = alive || all[at] > 0;
      if (!alive) ++layer.dead;
    }
  return layers;
}

}  // namespace lockstep
