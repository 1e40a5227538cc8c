#include "data/prepared.hpp"

#include <bit>
#include <cmath>
#include <tuple>

#include "base/error.hpp"
#include "base/memory.hpp"
#include "base/vectorized.hpp"

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

/// Appends the inputs of one sample.
template <class T>
void append_inputs(const PreparedDataset& data, std::span<const T> row, std::size_t sample,
                   std::vector<float>& inputs) {
  const DataTransform& transform = data.transform;
  for (std::size_t c = 0; c < row.size(); ++c) {
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

/// Shifts, scales and narrows numbers, as Scaling does without a curve. False where one is not finite then.
LOCKSTEP_VECTORIZED bool scale_numbers(std::span<const double> raw, std::span<const double> shift,
                                       std::span<const double> scale, std::span<float> to) {
  constexpr std::uint32_t kExponent = 0x7f800000;
  bool finite = true;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    to[i] = static_cast<float>((raw[i] - shift[i]) * scale[i]);
    finite &= (std::bit_cast<std::uint32_t>(to[i]) & kExponent) != kExponent;
  }
  return finite;
}

/// The inputs of a network, (samples, inputs), that take the place of `raw` in memory.
template <class T>
std::vector<float> inputs_of(const PreparedDataset& data, const std::vector<T>& raw) {
  const std::size_t features = data.info.features();
  const Scaling& scaling = data.transform.features;
  const bool plain =
      std::is_same_v<T, double> && scaling.is_linear() && data.transform.gaps.empty() && data.inputs() == features;
  std::vector<double> shift(features);
  std::vector<double> scale(features);
  for (std::size_t c = 0; c < features; ++c)
    std::tie(shift[c], scale[c]) = std::tie(scaling.of(c).shift, scaling.of(c).scale);
  std::vector<float> inputs;
  inputs.reserve(data.info.samples * data.inputs());
  std::size_t given_back = 0;  // numbers
  for (std::size_t sample = 0; sample < data.info.samples; ++sample) {
    if (const std::size_t done = sample * features - given_back; done * sizeof(T) >= kMovedPiece) {
      give_back(std::as_bytes(std::span(raw).subspan(given_back, done)));
      given_back += done;
    }
    const auto row = std::span(raw).subspan(sample * features, features);
    if constexpr (std::is_same_v<T, double>)
      if (plain) {
        inputs.resize((sample + 1) * features);
        if (scale_numbers(row, shift, scale, std::span(inputs).last(features))) continue;
        inputs.resize(sample * features);
      }
    append_inputs(data, row, sample, inputs);
  }
  return inputs;
}

/// Of one sample.
std::size_t input_bytes(const DatasetInfo& info, const DataTransform& transform) {
  return keeps_bytes(info, transform) ? info.features() : transform.inputs(info) * sizeof(float);
}

}  // namespace

bool keeps_bytes(const DatasetInfo& info, const DataTransform& transform) {
  return info.bytes && transform.features.is_linear() && transform.inputs(info) == info.features();
}

std::size_t prepared_row_bytes(const DatasetInfo& info, const DataTransform& transform) {
  return input_bytes(info, transform) + sizeof(std::uint32_t) +
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
