// Predictions of samples in memory.
#pragma once

#include <span>

#include "data/input_rows.hpp"
#include "nn/model.hpp"

namespace lockstep {

/// From raw features to what a network says of them. Many threads may use one at once.
class RowPredictor {
 public:
  /// All is looked at as long as this is used. `data` and `transform` are those of the training data, `parameters` as
  /// the model has them.
  RowPredictor(const DatasetInfo& data, const DataTransform& transform, Unseen unseen, const Model& model,
               std::span<const float> parameters, LossName loss);

  /// `features`, of shape (samples, features), are those of a file: NaN for a gap, the number of a word, or the one
  /// after the last for a word that training has not seen. `outputs`, (samples, outputs), become what to_predictions()
  /// makes of the network's, or NaN where these are not finite. Bad input, with sample and feature, for what `predict`
  /// refuses in a file.
  void predict(std::span<const double> features, Matrix outputs) const;

 private:
  void check(std::span<const double> row, std::size_t sample) const;
  void predict_chunk(std::span<const double> features, std::size_t first, Matrix outputs) const;

  const DatasetInfo* data_;
  Unseen unseen_;
  const Model* model_;
  std::span<const float> parameters_;
  LossName loss_;
  InputRows input_rows_;
  ByteScale byte_scale_;
  bool keeps_bytes_;
};

}  // namespace lockstep
