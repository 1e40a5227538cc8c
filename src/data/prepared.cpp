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

/// Calls use(i, narrowed) for each of `raw`, scaled. Bad input where it is beyond the range of float32.
template <class T, class NameOf, class Use>
void narrow(const PreparedDataset& data, const std::vector<T>& raw, std::size_t columns, const Scaling& scaling,
            const char* key, NameOf&& name_of, Use&& use) {
  for (std::size_t begin = 0; begin < raw.size(); begin += columns)
    for (std::size_t c = 0; c < columns; ++c) {
      const auto value = static_cast<double>(raw[begin + c]);
      const auto narrowed = static_cast<float>(scaling.scaled(value, c));
      if (!std::isfinite(narrowed)) throw beyond_range(data, begin / columns, name_of(c), value, scaling, key);
      use(begin + c, narrowed);
    }
}

}  // namespace

std::string PreparedDataset::name_of(std::size_t sample) const {
  return fmt::format("{}: sample {}", info.source, rows.empty() ? sample : rows[sample]);
}

std::size_t prepared_bytes(const Dataset& data, const DataTransform& transform) {
  const std::size_t of_byte = transform.features.is_linear() ? 1 : sizeof(float);
  return data.bytes.size() * of_byte + data.values.size() * sizeof(float) + data.labels.size() * sizeof(std::int32_t) +
         data.targets.size() * sizeof(double) + data.rows.size() * sizeof(std::uint32_t);
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
  result.rows = samples.rows;
  const DatasetInfo& info = result.info;
  const auto narrow_features = [&](const auto& raw) {
    owned->values.resize(raw.size());
    narrow(
        result, raw, info.features(), transform.features, "data.standardize",
        [&](std::size_t c) { return feature_name(info, c); },
        [&](std::size_t i, float value) { owned->values[i] = value; });
  };
  if (!samples.values.empty()) {
    narrow_features(samples.values);
  } else if (!transform.features.is_linear()) {
    narrow_features(samples.bytes);
    owned->samples.bytes = {};
  }
  narrow(
      result, samples.targets, info.outputs(), transform.targets, "data.standardize_targets",
      [&](std::size_t c) { return fmt::format("target '{}'", info.output_names[c]); }, [](std::size_t, float) {});
  owned->samples.values = {};
  result.bytes = owned->samples.bytes;
  result.values = owned->values;
  result.storage = owned;
  return result;
}

}  // namespace lockstep
