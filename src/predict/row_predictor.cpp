#include "predict/row_predictor.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "nn/loss.hpp"
#include "tensor/elementwise.hpp"

namespace lockstep {

namespace {

constexpr std::size_t kRowsAtOnce = 256;  // samples that pass through the network together
constexpr double kLargestByte = std::numeric_limits<std::uint8_t>::max();

std::string sample_text(std::uint64_t sample) {
  return fmt::format("sample {}", sample);
}

bool is_whole_number(double value, double most) {
  return value >= 0 && value <= most && std::trunc(value) == value;
}

}  // namespace

RowPredictor::RowPredictor(const DatasetInfo& data, const DataTransform& transform, Unseen unseen, const Model& model,
                           std::span<const float> parameters, LossName loss)
    : data_(&data),
      unseen_(unseen),
      model_(&model),
      parameters_(parameters),
      loss_(loss),
      input_rows_(data, transform, sample_text),
      byte_scale_(transform.features),
      keeps_bytes_(keeps_bytes(data, transform)) {}

void RowPredictor::check(std::span<const double> row, std::size_t sample) const {
  const auto refuse = [&](std::size_t c, const std::string& why) {
    return bad_input("{}: {} is {}; {}", sample_text(sample), feature_name(*data_, c), row[c], why);
  };
  for (std::size_t c = 0; c < row.size(); ++c) {
    if (data_->bytes && !is_whole_number(row[c], kLargestByte))
      throw refuse(c, "the training data have bytes there, whole numbers from 0 to 255");
    if (std::isinf(row[c])) throw refuse(c, "give a finite number, or NaN where it is missing");
    if (std::isnan(row[c]) || !data_->is_of_words(c)) continue;
    const std::size_t words = data_->feature_words[c].size();
    if (!is_whole_number(row[c], static_cast<double>(unseen_ == Unseen::zero ? words : words - 1)))
      throw refuse(
          c, fmt::format("it is a column of words, of which the training data have those numbered 0 to {}", words - 1));
  }
}

void RowPredictor::predict_chunk(std::span<const double> features, std::size_t first, Matrix outputs) const {
  const std::size_t width = data_->features();
  const std::size_t stride = row_stride(input_rows_.width());
  AlignedBuffer memory(outputs.rows() * stride);
  const Matrix inputs(memory.span(), outputs.rows(), input_rows_.width(), stride);
  std::vector<std::uint8_t> bytes(keeps_bytes_ ? width : 0);
  for (std::size_t r = 0; r < outputs.rows(); ++r) {
    const std::span<const double> row = features.subspan(r * width, width);
    check(row, first + r);
    if (keeps_bytes_) {
      std::ranges::transform(row, bytes.begin(), [](double value) { return static_cast<std::uint8_t>(value); });
      byte_scale_(bytes, inputs.row(r));
    } else {
      input_rows_.write(row, first + r, inputs.row(r));
    }
  }
  Workspace workspace(*model_, outputs.rows(), 0);
  const ConstMatrix found = model_->forward(parameters_, inputs, OwnedSlices(outputs.rows(), 1, {0, 1}), workspace);
  copy_matrix(found, outputs);
  to_predictions(loss_, outputs);
  for (std::size_t r = 0; r < outputs.rows(); ++r)
    if (!all_finite(found.row(r))) std::ranges::fill(outputs.row(r), std::numeric_limits<float>::quiet_NaN());
}

void RowPredictor::predict(std::span<const double> features, Matrix outputs) const {
  const std::size_t width = data_->features();
  invariant(features.size() == outputs.rows() * width && outputs.cols() == data_->outputs(),
            "shapes of features and outputs must be those of the samples");
  for (std::size_t begin = 0; begin < outputs.rows(); begin += kRowsAtOnce) {
    const Range rows{begin, std::min(outputs.rows(), begin + kRowsAtOnce)};
    predict_chunk(features.subspan(begin * width, rows.size() * width), begin, outputs.rows(rows));
  }
}

}  // namespace lockstep
