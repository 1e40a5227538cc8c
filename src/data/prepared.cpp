#include "data/prepared.hpp"

#include <cmath>

#include "base/error.hpp"

namespace lockstep {

namespace {

/// Keeps what a prepared data set shows.
struct Prepared {
  Samples samples;  // without values
  std::vector<float> values;
};

Error beyond_range(const PreparedDataset& data, std::size_t sample, const std::string& where, double raw,
                   const Scaling& scaling, const char* key) {
  const bool as_it_is = scaling == Scaling();
  return bad_input(
      "{}: {} is {}{}, which is beyond the largest float32, 3.4e+38; {}", data.name_of(sample), where, raw,
      as_it_is ? "" : " and far from the training samples, on whose scale it is taken",
      as_it_is ? fmt::format("set {} = true, or give it in another unit", key) : "correct it or leave the sample out");
}

/// A raw number, scaled and narrowed. Bad input where it is beyond the range of float32.
template <class NameOf>
float to_float(const PreparedDataset& data, double raw, std::size_t sample, std::size_t column, const Scaling& scaling,
               const char* key, const NameOf& name_of) {
  const auto result = static_cast<float>(scaling.scaled(raw, column));
  if (!std::isfinite(result)) throw beyond_range(data, sample, name_of(), raw, scaling, key);
  return result;
}

/// The inputs of a network, (samples, inputs).
template <class T>
std::vector<float> inputs_of(const PreparedDataset& data, const std::vector<T>& raw) {
  const DataTransform& transform = data.transform;
  const std::size_t features = data.info.features();
  std::vector<float> inputs;
  inputs.reserve(data.info.samples * data.inputs());
  for (std::size_t sample = 0; sample < data.info.samples; ++sample) {
    const auto row = std::span(raw).subspan(sample * features, features);
    for (std::size_t c = 0; c < features; ++c) {
      auto value = static_cast<double>(row[c]);
      if (std::isnan(value)) value = transform.gaps.empty() ? value : transform.gaps[c].value;
      if (std::isnan(value))
        throw bad_input(
            "{}: {} is missing, and the training data leave nothing to stand for it (data.missing); fill it in, or "
            "leave the sample out",
            data.name_of(sample), feature_name(data.info, c));
      if (data.info.is_of_words(c)) {
        const std::size_t words = data.info.feature_words[c].size();
        const auto begin = inputs.insert(inputs.end(), words, 0.0F);
        if (!std::isnan(static_cast<double>(row[c])) && value < static_cast<double>(words))
          begin[static_cast<std::ptrdiff_t>(value)] = 1.0F;
        continue;
      }
      inputs.push_back(to_float(data, value, sample, c, transform.features, "data.standardize",
                                [&] { return feature_name(data.info, c); }));
    }
    for (std::size_t c = 0; c < transform.gaps.size(); ++c)
      if (transform.gaps[c].indicator) inputs.push_back(std::isnan(static_cast<double>(row[c])) ? 1.0F : 0.0F);
  }
  return inputs;
}

/// True where bytes stay as they are until a batch is gathered.
bool keeps_bytes(const DatasetInfo& info, const DataTransform& transform) {
  return info.bytes && transform.features.is_linear() && transform.inputs(info) == info.features();
}

}  // namespace

std::size_t prepared_bytes(const Dataset& data, const DataTransform& transform) {
  const std::size_t features =
      data.info.samples *
      (keeps_bytes(data.info, transform) ? data.info.features() : transform.inputs(data.info) * sizeof(float));
  return features + data.labels.size() * sizeof(std::int32_t) + data.targets.size() * sizeof(double) +
         data.weights.size() * sizeof(double) + data.rows.size() * sizeof(std::uint32_t);
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
    to_float(result, samples.targets[i], i / info.outputs(), c, transform.targets, "data.standardize_targets",
             [&] { return fmt::format("target '{}'", info.output_names[c]); });
  }
  if (!keeps_bytes(info, transform)) {
    owned->values = info.bytes ? inputs_of(result, samples.bytes) : inputs_of(result, samples.values);
    owned->samples.bytes = {};
    owned->samples.values = {};
  }
  result.bytes = owned->samples.bytes;
  result.values = owned->values;
  result.storage = owned;
  return result;
}

}  // namespace lockstep
