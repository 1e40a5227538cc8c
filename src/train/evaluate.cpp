#include "train/evaluate.hpp"

#include <algorithm>
#include <numeric>

#include "comm/leaf_sum.hpp"
#include "train/objective.hpp"

namespace lockstep {

namespace {

constexpr std::size_t kChunk = 256;  // samples

/// What R2 needs of one target, as sums over samples.
struct TargetSums {
  static constexpr std::size_t kWidth = 3;
  double residual_squares = 0;
  double values = 0;
  double squares = 0;

  /// 1 - residual / total. A constant target scores 1 when it is met exactly and else 0, as scikit-learn has it.
  [[nodiscard]] double r2(double samples) const {
    const double total = squares - values * values / samples;
    if (total <= 0) return residual_squares > 0 ? 0.0 : 1.0;
    return 1 - residual_squares / total;
  }
};

void append_target_sums(ConstMatrix outputs, ConstMatrix targets, std::vector<double>& row) {
  for (std::size_t c = 0; c < targets.cols(); ++c) {
    TargetSums sums;
    for (std::size_t r = 0; r < targets.rows(); ++r) {
      const auto target = static_cast<double>(targets.row(r)[c]);
      const double residual = static_cast<double>(outputs.row(r)[c]) - target;
      sums.residual_squares += residual * residual;
      sums.values += target;
      sums.squares += target * target;
    }
    row.insert(row.end(), {sums.residual_squares, sums.values, sums.squares});
  }
}

}  // namespace

Evaluator::Evaluator(const Communicator& comm, const Model& model, Loss loss, const Dataset& dataset,
                     const Scaling& features, const Scaling& targets)
    : comm_(comm),
      model_(&model),
      loss_(loss),
      dataset_(&dataset),
      chunks_((dataset.info.samples + kChunk - 1) / kChunk),
      loader_(dataset, features, targets, kChunk, wants_one_hot(loss, dataset.info)),
      workspace_(model, kChunk, 0) {}

template <class Use>
void Evaluator::for_each_chunk(std::span<const float> parameters, Use&& use) {
  const Range mine = part_of(chunks_, static_cast<std::size_t>(comm_.size()), static_cast<std::size_t>(comm_.rank()));
  std::vector<std::uint32_t> samples;
  for (std::size_t chunk = mine.begin; chunk < mine.end; ++chunk) {
    samples.resize(std::min<std::size_t>(kChunk, dataset_->info.samples - chunk * kChunk));
    std::iota(samples.begin(), samples.end(), static_cast<std::uint32_t>(chunk * kChunk));
    loader_.gather(samples);
    use(model_->forward(parameters, loader_.inputs(), OwnedSlices(samples.size(), 1, {0, 1}), workspace_));
  }
}

std::size_t Evaluator::width() const {
  const DatasetInfo& info = dataset_->info;
  return 1 + (info.task == Task::classification ? 1 : TargetSums::kWidth * info.outputs());
}

std::vector<double> Evaluator::measure(std::span<const float> parameters) {
  std::vector<double> rows;
  for_each_chunk(parameters, [&](ConstMatrix outputs) {
    const Range all{0, outputs.rows()};
    rows.push_back(loss_and_gradient(loss_, loader_, all, outputs, workspace_.output_delta(outputs.rows())));
    if (dataset_->info.task == Task::classification)
      rows.push_back(static_cast<double>(count_correct(outputs, loader_.labels())));
    else
      append_target_sums(outputs, loader_.targets(), rows);
  });
  return rows;
}

Evaluation Evaluator::combine(std::span<const double> rows) const {
  LeafSum sum_rows(comm_, chunks_, width());
  const std::span<const double> sums = sum_rows(rows);
  const auto samples = static_cast<double>(dataset_->info.samples);
  Evaluation result{sums[0] / samples, 0};
  if (dataset_->info.task == Task::classification) {
    result.score = sums[1] / samples;
  } else {
    for (std::size_t i = 1; i < width(); i += TargetSums::kWidth)
      result.score += TargetSums{sums[i], sums[i + 1], sums[i + 2]}.r2(samples);
    result.score /= static_cast<double>(dataset_->info.outputs());
  }
  return result;
}

std::vector<float> Evaluator::outputs(std::span<const float> parameters) {
  std::vector<float> mine;
  for_each_chunk(parameters, [&](ConstMatrix outputs) {
    for (std::size_t r = 0; r < outputs.rows(); ++r)
      mine.insert(mine.end(), outputs.row(r).begin(), outputs.row(r).end());
  });
  return comm_.gather(mine);
}

}  // namespace lockstep
