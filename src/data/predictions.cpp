#include "data/predictions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <string_view>

#include "base/error.hpp"
#include "base/hdf5.hpp"
#include "tensor/elementwise.hpp"

namespace lockstep {

std::vector<std::size_t> Predictions::classes(const DatasetInfo& data) const {
  std::vector<std::size_t> best;
  const auto width = static_cast<std::ptrdiff_t>(data.outputs());
  for (auto row = values.begin(); row != values.end(); row += width)
    best.push_back(static_cast<std::size_t>(std::max_element(row, row + width) - row));
  return best;
}

Predictions predictions_of(const DatasetInfo& data, const Scaling& targets, ConstMatrix outputs, const Where& name_of) {
  for (std::size_t r = 0; r < outputs.rows(); ++r)
    if (!is_finite(outputs.rows({r, r + 1})))
      throw failure("{}: the prediction is not finite; look for extreme values in the sample", name_of(r));
  Predictions predictions;
  predictions.is_float32 = data.task == Task::classification || targets == Scaling();
  predictions.values.assign(outputs.values().begin(), outputs.values().end());
  if (data.task == Task::classification) return predictions;
  for (std::size_t i = 0; i < predictions.values.size(); ++i) {
    double& value = predictions.values[i];
    const std::size_t target = i % outputs.cols();
    value = targets.raw(value, target);
    if (!std::isfinite(value))
      throw failure("{}: the prediction of '{}' is not finite on the scale of its targets", name_of(i / outputs.cols()),
                    data.output_names[target]);
  }
  return predictions;
}

void MeanOfPredictions::add(const Predictions& one) {
  ++count_;
  if (count_ == 1) {
    mean_ = one;
    squares_.resize(one.values.size());
    return;
  }
  // B. P. Welford 1962, "Note on a method for calculating corrected sums of squares and products"
  for (std::size_t i = 0; i < squares_.size(); ++i) {
    const double distance = one.values[i] - mean_.values[i];
    mean_.values[i] += distance / static_cast<double>(count_);
    squares_[i] += distance * (one.values[i] - mean_.values[i]);
  }
}

Predictions MeanOfPredictions::mean(const DatasetInfo& data) && {
  if (count_ == 1) return std::move(mean_);
  mean_.is_float32 = data.task == Task::classification;
  mean_.spread = std::move(squares_);
  for (double& value : mean_.spread) value = std::sqrt(value / static_cast<double>(count_ - 1));
  return std::move(mean_);
}

bool is_predictions_file(const std::filesystem::path& path) {
  if (Hdf5File::recognises(path)) {
    const Hdf5File file = Hdf5File::open(path);
    return file.has("outputs") && file.has("output_names") && !file.has("features");
  }
  // No table that people make begins so, with quotes around all names but the first.
  std::string beginning(std::string_view(R"(sample,class,")").size(), '\0');
  std::ifstream(path, std::ios::binary).read(beginning.data(), static_cast<std::streamsize>(beginning.size()));
  return beginning == R"(sample,class,")" || beginning.starts_with(R"(sample,")");
}

}  // namespace lockstep
