// Predictions of samples in memory.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "data/input_rows.hpp"
#include "nn/model.hpp"
#include "tensor/aligned_buffer.hpp"

namespace lockstep {

/// Samples that pass through a network at once. OpenBLAS gives a sample the same bits only where it has the same place
/// in such a chunk, and the last chunk as many samples.
inline constexpr std::size_t kPredictedTogether = 256;

/// Room for the numbers between raw features and predictions, for one thread.
struct PredictionRoom {
  /// For so many samples, which may pass in several chunks.
  PredictionRoom(const Model& model, std::size_t samples);

  AlignedBuffer inputs;
  std::vector<std::uint8_t> bytes;
  Workspace workspace;
};

/// From raw features to what a network says of them: the only way there is. Many threads may use one at once.
class RowPredictor {
 public:
  /// All is looked at as long as this is used. `data` describe the samples, `transform` is that of the training data,
  /// `parameters` are as the model has them, and `name_of` names a sample in messages.
  RowPredictor(const DatasetInfo& data, const DataTransform& transform, const Model& model,
               std::span<const float> parameters, LossName loss, Where name_of);

  /// `features`, of shape (samples, features), are those of a file that has been read. `outputs`, (samples, outputs),
  /// become what to_predictions() makes of the network's, or NaN where these are not finite. Bad input where InputRows
  /// refuses a sample.
  void predict(std::span<const double> features, Matrix outputs, PredictionRoom& room) const;
  void predict(std::span<const std::uint8_t> features, Matrix outputs, PredictionRoom& room) const;

 private:
  template <class T>
  void predict_all(std::span<const T> features, Matrix outputs, PredictionRoom& room) const;
  void write_inputs(std::span<const double> row, std::size_t sample, std::span<float> to, PredictionRoom& room) const;
  void write_inputs(std::span<const std::uint8_t> row, std::size_t sample, std::span<float> to,
                    PredictionRoom& room) const;

  std::size_t features_;
  const Model* model_;
  std::span<const float> parameters_;
  LossName loss_;
  InputRows input_rows_;
  ByteScale byte_scale_;
  bool keeps_bytes_;
};

/// What messages call a sample in memory: "sample 7".
std::string sample_text(std::uint64_t sample);

/// Of samples that no reader has looked at: NaN stands for a gap, and words have their numbers, those that training has
/// not seen the one after the last. Bad input, with sample and feature, for what `predict` refuses in a file.
void check_features(std::span<const double> features, const DatasetInfo& data, Unseen unseen);

}  // namespace lockstep
