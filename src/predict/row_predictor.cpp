#include "predict/row_predictor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "nn/loss.hpp"
#include "tensor/elementwise.hpp"

namespace lockstep {

namespace {

constexpr double kLargestByte = std::numeric_limits<std::uint8_t>::max();

bool is_whole_number(double value, double most) {
  return value >= 0 && value <= most && std::trunc(value) == value;
}

}  // namespace

PredictionRoom::PredictionRoom(const Model& model, std::size_t samples)
    : inputs(std::min(samples, kPredictedTogether) * row_stride(model.inputs())),
      workspace(model, std::min(samples, kPredictedTogether), 0) {}

RowPredictor::RowPredictor(const DatasetInfo& data, const DataTransform& transform, const Model& model,
                           std::span<const float> parameters, LossName loss, Where name_of)
    : features_(data.features()),
      model_(&model),
      parameters_(parameters),
      loss_(loss),
      input_rows_(data, transform, std::move(name_of)),
      byte_scale_(transform.features),
      keeps_bytes_(keeps_bytes(data, transform)) {}

void RowPredictor::write_inputs(std::span<const double> row, std::size_t sample, std::span<float> to,
                                PredictionRoom& room) const {
  if (!keeps_bytes_) return input_rows_.write(row, sample, to);
  room.bytes.resize(row.size());
  std::ranges::transform(row, room.bytes.begin(), [](double value) { return static_cast<std::uint8_t>(value); });
  byte_scale_(room.bytes, to);
}

void RowPredictor::write_inputs(std::span<const std::uint8_t> row, std::size_t sample, std::span<float> to,
                                PredictionRoom& /*room*/) const {
  if (keeps_bytes_)
    byte_scale_(row, to);
  else
    input_rows_.write(row, sample, to);
}

template <class T>
void RowPredictor::predict_all(std::span<const T> features, Matrix outputs, PredictionRoom& room) const {
  invariant(features.size() == outputs.rows() * features_ && outputs.cols() == model_->outputs(),
            "shapes of features and outputs must be those of the samples");
  for (std::size_t begin = 0; begin < outputs.rows(); begin += kPredictedTogether) {
    const Range rows{begin, std::min(outputs.rows(), begin + kPredictedTogether)};
    const Matrix inputs(room.inputs.span(), rows.size(), model_->inputs(), row_stride(model_->inputs()));
    for (std::size_t r = 0; r < rows.size(); ++r)
      write_inputs(features.subspan((begin + r) * features_, features_), begin + r, inputs.row(r), room);
    const ConstMatrix found = model_->forward(parameters_, inputs, OwnedSlices(rows.size(), 1, {0, 1}), room.workspace);
    const Matrix predicted = outputs.rows(rows);
    copy_matrix(found, predicted);
    to_predictions(loss_, predicted);
    for (std::size_t r = 0; r < rows.size(); ++r)
      if (!all_finite(found.row(r))) std::ranges::fill(predicted.row(r), std::numeric_limits<float>::quiet_NaN());
  }
}

void RowPredictor::predict(std::span<const double> features, Matrix outputs, PredictionRoom& room) const {
  predict_all(features, outputs, room);
}

void RowPredictor::predict(std::span<const std::uint8_t> features, Matrix outputs, PredictionRoom& room) const {
  predict_all(features, outputs, room);
}

std::string sample_text(std::uint64_t sample) {
  return fmt::format("sample {}", sample);
}

void check_features(std::span<const double> features, const DatasetInfo& data, Unseen unseen) {
  for (std::size_t i = 0; i < features.size(); ++i) {
    const double value = features[i];
    const std::size_t c = i % data.features();
    const auto refuse = [&](const std::string& why) {
      return bad_input("{}: {} is {}; {}", sample_text(i / data.features()), feature_name(data, c), value, why);
    };
    if (data.bytes && !is_whole_number(value, kLargestByte))
      throw refuse("the training data have bytes there, whole numbers from 0 to 255");
    if (std::isinf(value)) throw refuse("give a finite number, or NaN where it is missing");
    if (std::isnan(value) || !data.is_of_words(c)) continue;
    const std::size_t words = data.feature_words[c].size();
    if (!is_whole_number(value, static_cast<double>(unseen == Unseen::zero ? words : words - 1)))
      throw refuse(
          fmt::format("it is a column of words, of which the training data have those numbered 0 to {}", words - 1));
  }
}

}  // namespace lockstep
