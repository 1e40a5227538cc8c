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
template <class NameOf, class Use>
void narrow(const PreparedDataset& data, std::span<const double> raw, std::size_t columns, const Scaling& scaling,
            const char* key, NameOf&& name_of, Use&& use) {
  for (std::size_t begin = 0; begin < raw.size(); begin += columns)
    for (std::size_t c = 0; c < columns; ++c) {
      const auto narrowed = static_cast<float>(scaling.scaled(raw[begin + c], c));
      if (!std::isfinite(narrowed)) throw beyond_range(data, begin / columns, name_of(c), raw[begin + c], scaling, key);
      use(begin + c, narrowed);
    }
}

}  // namespace

std::string PreparedDataset::name_of(std::size_t sample) const {
  return fmt::format("{}: sample {}", info.source, rows.empty() ? sample : rows[sample]);
}

PreparedDataset prepare(Dataset data, const DataTransform& transform) {
  PreparedDataset result;
  result.info = std::move(data.info);
  result.transform = transform;
  const auto owned = std::make_shared<Prepared>();
  owned->samples = std::move(static_cast<Samples&>(data));
  const Samples& samples = owned->samples;
  result.bytes = samples.bytes;
  result.labels = samples.labels;
  result.targets = samples.targets;
  result.weights = samples.weights;
  result.rows = samples.rows;
  const DatasetInfo& info = result.info;
  owned->values.resize(samples.values.size());
  narrow(
      result, samples.values, info.features(), transform.features, "data.standardize",
      [&](std::size_t c) { return feature_name(info, c); },
      [&](std::size_t i, float value) { owned->values[i] = value; });
  narrow(
      result, samples.targets, info.outputs(), transform.targets, "data.standardize_targets",
      [&](std::size_t c) { return fmt::format("target '{}'", info.output_names[c]); }, [](std::size_t, float) {});
  owned->samples.values = {};
  result.values = owned->values;
  result.storage = owned;
  return result;
}

}  // namespace lockstep
