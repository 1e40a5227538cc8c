// A set of samples in memory, and its description.
#pragma once

#include <cstdint>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <vector>

namespace lockstep {

enum class Task { classification, regression };

/// What a data set holds: everything but the samples themselves. Small enough to send to every rank.
struct DatasetInfo {
  std::string source;  // the file, for messages
  Task task = Task::classification;
  std::uint64_t samples = 0;
  std::vector<std::uint64_t> feature_shape;  // of one sample: {28, 28} for an image, {columns} for a table
  bool bytes = false;                        // features are unsigned bytes, in [0, 255], else floats
  std::vector<std::string> feature_names;    // of a table's columns; empty for images
  std::vector<std::string> output_names;     // the classes, or a regression's targets
  std::string digest;                        // of the samples; empty until digest_samples() has filled it in

  /// Numbers in one sample.
  [[nodiscard]] std::size_t features() const {
    return std::accumulate(feature_shape.begin(), feature_shape.end(), std::size_t{1}, std::multiplies<>());
  }
  /// Classes, or targets of a regression.
  [[nodiscard]] std::size_t outputs() const { return output_names.size(); }

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& source& task& samples& feature_shape& bytes& feature_names& output_names& digest;
  }
};

/// The samples of a data set as a reader collects them. Exactly one of `bytes` and `values` is used, and one of
/// `labels` and `targets`, or none of these two where only features are known.
struct Samples {
  std::vector<std::uint8_t> bytes;   // (samples, features)
  std::vector<float> values;         // (samples, features)
  std::vector<std::int32_t> labels;  // (samples), each below info.outputs()
  std::vector<float> targets;        // (samples, outputs)
};

/// A data set: a description and views of the samples, which `storage` keeps alive. Shapes as in Samples.
struct Dataset {
  DatasetInfo info;
  std::span<const std::uint8_t> bytes;
  std::span<const float> values;
  std::span<const std::int32_t> labels;
  std::span<const float> targets;
  std::shared_ptr<const void> storage;
};

/// A data set that owns `samples`.
inline Dataset make_dataset(DatasetInfo info, Samples samples) {
  auto owned = std::make_shared<const Samples>(std::move(samples));
  return {std::move(info), owned->bytes, owned->values, owned->labels, owned->targets, owned};
}

/// The digest of all features, labels and targets.
std::string digest_samples(const Dataset& dataset);

/// True when a model that is made for one can be fed with the other.
bool same_kind(const DatasetInfo& a, const DatasetInfo& b);

/// True when both have the same samples under the same description. Where they came from does not matter.
bool same_data(const DatasetInfo& a, const DatasetInfo& b);

}  // namespace lockstep
