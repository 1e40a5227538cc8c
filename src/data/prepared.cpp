#include "data/prepared.hpp"

#include <cmath>

#include "base/memory.hpp"

namespace lockstep {

namespace {

/// Keeps what a prepared data set shows.
struct Prepared {
  Samples samples;  // of the features bytes alone
  std::vector<float> values;
};

/// The inputs of a network, (samples, inputs), that take the place of `raw` in memory.
template <class T>
std::vector<float> inputs_of(const PreparedDataset& data, const std::vector<T>& raw) {
  const std::size_t features = data.info.features();
  const InputRows rows(data.info, data.transform, [&](std::uint64_t sample) { return data.name_of(sample); });
  std::vector<float> inputs;
  inputs.reserve(data.info.samples * rows.width());
  std::size_t given_back = 0;  // numbers
  for (std::size_t sample = 0; sample < data.info.samples; ++sample) {
    if (const std::size_t done = sample * features - given_back; done * sizeof(T) >= kMovedPiece) {
      give_back(std::as_bytes(std::span(raw).subspan(given_back, done)));
      given_back += done;
    }
    inputs.resize((sample + 1) * rows.width());
    rows.write(std::span(raw).subspan(sample * features, features), sample, std::span(inputs).last(rows.width()));
  }
  return inputs;
}

/// Of one sample.
std::size_t input_bytes(const DatasetInfo& info, const DataTransform& transform) {
  return keeps_bytes(info, transform) ? info.features() : transform.inputs(info) * sizeof(float);
}

}  // namespace

std::size_t prepared_row_bytes(const DatasetInfo& info, const DataTransform& transform, bool weighted) {
  return input_bytes(info, transform) + sizeof(std::uint32_t) + (weighted ? sizeof(double) : 0) +
         (info.task == Task::classification ? sizeof(std::int32_t) : info.outputs() * sizeof(double));
}

std::size_t prepared_bytes(const Dataset& data, const DataTransform& transform) {
  return data.info.samples * input_bytes(data.info, transform) + data.labels.size() * sizeof(std::int32_t) +
         data.targets.size() * sizeof(double) + data.weights.size() * sizeof(double) +
         data.rows.size() * sizeof(std::uint32_t);
}

PreparedDataset prepare(Dataset data, const DataTransform& transform) {
  PreparedDataset result;
  result.info = std::move(data.info);
  result.transform = transform;
  const auto owned = std::make_shared<Prepared>();
  owned->samples = std::move(static_cast<Samples&>(data));
  const Samples& samples = owned->samples;
  result.labels = samples.labels;
  result.targets = samples.targets;
  result.weights = samples.weights;
  result.rows = samples.rows;
  const DatasetInfo& info = result.info;
  for (std::size_t i = 0; i < samples.targets.size(); ++i) {
    const std::size_t c = i % info.outputs();
    const double raw = samples.targets[i];
    if (!std::isfinite(static_cast<float>(transform.targets.scaled(raw, c))))
      throw beyond_range(result.name_of(i / info.outputs()), fmt::format("target '{}'", info.output_names[c]), raw,
                         transform.targets, "data.standardize_targets");
  }
  if (!keeps_bytes(info, transform)) {
    owned->values = with_features(samples, [&](const auto& raw) { return inputs_of(result, raw); });
    owned->samples.bytes = {};
    owned->samples.floats = {};
    owned->samples.values = {};
  }
  result.bytes = owned->samples.bytes;
  result.values = owned->values;
  result.storage = owned;
  return result;
}

}  // namespace lockstep
