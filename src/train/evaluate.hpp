// Loss and accuracy, or R2, over a whole data set: exact and equal at any number of ranks.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "comm/communicator.hpp"
#include "data/batch.hpp"
#include "nn/model.hpp"
#include "scores/metric.hpp"
#include "scores/whole_weights.hpp"

namespace lockstep {

struct Evaluation {
  double loss = 0;   // mean over the samples, by their weights; NaN: predictions of several networks have none
  double score = 0;  // classification: the part that is right. Regression: R2, the mean over targets
  Totals totals;     // of which all metrics are functions
  /// Probabilities of classes, or what the network gives in their place, shape (samples, outputs): on rank 0, where
  /// outputs were to be kept.
  std::vector<float> outputs;

  [[nodiscard]] double value(Metric metric) const { return info_of(metric).value(totals); }
};

/// Of a hidden layer of rectifiers: how many units are 0 for every sample of a data set.
struct DeadUnits {
  std::size_t layer = 0;
  std::size_t dead = 0;
  std::size_t units = 0;
};

/// Whether an evaluation keeps all outputs, from which alone some metrics can be taken.
enum class Outputs { are_summed, are_kept };

/// Runs a model over a data set in chunks of fixed size, each rank its share of them, and sums over chunks in tree
/// order.
class Evaluator {
 public:
  Evaluator(const Communicator& comm, const Model& model, const LossOptions& loss, const PreparedDataset& dataset,
            Outputs outputs = Outputs::are_summed);

  /// Collective; the same result on every rank.
  Evaluation evaluate(std::span<const float> parameters) { return combine(measure(parameters)); }

  /// What this rank has found in its chunks.
  struct Part {
    std::vector<double> rows;          // sums of each chunk
    std::vector<ClassCounts> classes;  // of a classification
    std::uint64_t in_top5 = 0;
    std::vector<float> outputs;  // where they are kept
  };

  /// Its two parts: what this rank's chunks come to, with each of which `on_chunk` is called, and what the parts of all
  /// ranks come to. The second is collective, and a failure on every rank where an output, a loss or the score is not
  /// finite: it names the first such sample, whatever the number of ranks.
  Part measure(
      std::span<const float> parameters, const std::function<void()>& on_chunk = [] {});
  [[nodiscard]] Evaluation combine(const Part& part) const;

  /// The same of predictions for all samples, shape (samples, outputs), that came of several networks: on the scale of
  /// a network's own, and on one rank. They have no loss, which is a function of the outputs of one.
  Evaluation evaluate_predictions(ConstMatrix predictions);

  /// Of each hidden layer with ReLU, on rank 0; empty elsewhere. `on_chunk` as above. Collective.
  std::vector<DeadUnits> dead_units(
      std::span<const float> parameters, const std::function<void()>& on_chunk = [] {});

 private:
  /// Calls `use(first sample, outputs)` for each of this rank's chunks in order, after loading its samples, until one
  /// brings numbers that are not finite, of which the first is noted.
  template <class Use>
  void for_each_chunk(std::span<const float> parameters, Use&& use);

  /// Notes the first sample of a chunk of which an output, or else the loss, is not finite.
  void note_not_finite(std::size_t first, std::size_t rows);
  /// Throws what was noted on the lowest rank. Collective.
  void check_finite() const;

  /// The squares and the sizes of the distances of predictions, in the units of the targets, from the targets of the
  /// chunk that begins with sample `first`, summed for each target.
  void append_residuals(std::size_t first, ConstMatrix predictions, std::vector<double>& row) const;

  /// Adds what the chunk that begins with sample `first` comes to. Its classes are told by `ranked`.
  void add(std::size_t first, ConstMatrix ranked, ConstMatrix predictions, Part& part) const;

  [[nodiscard]] Part empty_part() const;

  /// Loads the samples of a chunk.
  std::size_t gather_chunk(std::size_t chunk);

  /// What a chunk's outputs predict, shape (batch, outputs), in the place of the loss's gradient.
  Matrix predict(ConstMatrix outputs);

  /// Sums that a chunk has: the loss, then the log loss or the squared and the absolute residuals of each target.
  [[nodiscard]] std::size_t width() const;

  [[nodiscard]] Totals total(const Part& part) const;

  Communicator comm_;
  const Model* model_;
  LossOptions loss_;
  const PreparedDataset* dataset_;
  Outputs outputs_;
  std::string remedy_;                 // against numbers that are not finite
  double weight_;                      // of all samples
  WholeWeights whole_weights_;         // for counts
  std::vector<double> total_squares_;  // of each target about its mean, the other part of R2
  std::size_t chunks_;
  BatchLoader loader_;
  Workspace workspace_;
  std::optional<Error> not_finite_;  // the first sample of this rank that was
};

}  // namespace lockstep
