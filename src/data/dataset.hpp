// A set of samples as a file has them, and its description.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace lockstep {

enum class Task { classification, regression };

/// From one number to the next of float64, relative to it, at most.
inline constexpr double kDoubleStep = std::numeric_limits<double>::epsilon();

/// One of several files, whose samples are counted through.
struct SourceFile {
  std::string path;
  std::uint64_t first = 0;  // number of its first sample, or line
  std::uint64_t row = 0;    // its number in the file, from which on it is read

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& path& first& row;
  }
};

/// The file that has the sample, or line, of this number, and its number there. `files` are in order.
std::pair<const std::string&, std::uint64_t> place_in(std::span<const SourceFile> files, std::uint64_t number);

/// What a message says of a line or a sample by its number: "table.csv:7".
using Where = std::function<std::string(std::uint64_t place)>;

/// What a data set holds: everything but the samples themselves. Small enough to send to every rank.
struct DatasetInfo {
  std::string source;             // the file, or files, for messages
  std::vector<SourceFile> files;  // where there are several
  Task task = Task::classification;
  std::uint64_t samples = 0;
  std::vector<std::uint64_t> feature_shape;             // of one sample: {28, 28} for an image, {columns} for a table
  bool bytes = false;                                   // features are unsigned bytes, in [0, 255], else real numbers
  std::vector<std::string> feature_names;               // of a table's columns; empty for images
  std::vector<std::vector<std::string>> feature_words;  // of each column those that it may have, of which its values
                                                        // are the numbers; empty: numbers; none: all are numbers
  std::vector<std::string> output_names;                // the classes, or a regression's targets
  std::vector<double> class_values;   // of each class, the number that the data's labels give it; empty: none
  double feature_step = kDoubleStep;  // between neighbouring numbers of the file's type, relative to them
  double target_step = kDoubleStep;   // the same of targets
  std::string dialect;                // of a CSV file, in words; empty: commas, points and a header
  std::string digest;                 // of the samples; empty until digest_samples() has filled it in
  std::string weights;                // the name of the samples' weights in the file; empty: they have none
  std::vector<std::string> notes;     // for the user, of what was found in the data

  /// Numbers in one sample.
  [[nodiscard]] std::size_t features() const {
    return std::accumulate(feature_shape.begin(), feature_shape.end(), std::size_t{1}, std::multiplies<>());
  }
  /// True for a column of words.
  [[nodiscard]] bool is_of_words(std::size_t feature) const {
    return !feature_words.empty() && !feature_words[feature].empty();
  }
  /// True when a sample is an array of more than one dimension, not counting those of size one; else it is a row of a
  /// table, whose columns are things of their own.
  [[nodiscard]] bool is_image() const {
    return std::ranges::count_if(feature_shape, [](std::uint64_t size) { return size > 1; }) > 1;
  }
  /// Classes, or targets of a regression.
  [[nodiscard]] std::size_t outputs() const { return output_names.size(); }

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& source& files& task& samples& feature_shape& bytes& feature_names& feature_words& output_names&
        class_values;
    archive& feature_step& target_step& dialect& digest& weights& notes;
  }
};

/// The names of columns, which are their numbers where the file has none, as HDF5 may: "0", "1", ...
std::vector<std::string> column_names(const DatasetInfo& info);

/// A feature in a message: "column 'age'", or "feature 3" where it has no name.
std::string feature_name(const DatasetInfo& info, std::size_t feature);

/// The samples of a data set, with all digits of the file. Exactly one of `bytes`, `floats` and `values` is used, and
/// one of `labels` and `targets`, or none of these two where only features are known.
struct Samples {
  std::vector<std::uint8_t> bytes;    // (samples, features)
  std::vector<float> floats;          // the same: numbers of a type that float32 has, of a file that is read at once
  std::vector<double> values;         // the same: all others
  std::vector<std::int32_t> labels;   // (samples), each below info.outputs()
  std::vector<double> targets;        // (samples, outputs)
  std::vector<double> weights;        // (samples), above 0; empty where all weigh the same
  std::vector<std::uint32_t> rows;    // (samples), their numbers in the file; empty where it has no others
  std::vector<std::uint32_t> groups;  // (samples), equal for those that a split keeps together; empty: it keeps none

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& bytes& floats& values& labels& targets& weights& rows& groups;
  }
};

/// Calls use(numbers) with the features of samples, in the type that they have.
template <class SomeSamples, class Use>
auto with_features(SomeSamples& samples, const Use& use) {
  if (!samples.bytes.empty()) return use(samples.bytes);
  if (!samples.floats.empty()) return use(samples.floats);
  return use(samples.values);
}

/// "FILE: sample 7", by the file's own count, from 0. `rows` is that of Samples.
std::string sample_name(const DatasetInfo& info, std::span<const std::uint32_t> rows, std::size_t sample);

/// A value per sample, whole numbers, real numbers or texts.
using ColumnValues = std::variant<std::vector<std::int64_t>, std::vector<double>, std::vector<std::string>>;

/// A column that is no feature and no target, but is to stand beside the predictions.
struct KeptColumn {
  std::string name;
  ColumnValues values;

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    std::size_t type = values.index();
    archive& name& type;
    if (type != values.index())
      values = type == 0   ? ColumnValues(std::vector<std::int64_t>())
               : type == 1 ? ColumnValues(std::vector<double>())
                           : ColumnValues(std::vector<std::string>());
    std::visit([&](auto& of_type) { archive& of_type; }, values);
  }
};

/// What a reader returns.
struct Dataset : Samples {
  DatasetInfo info;
  std::vector<KeptColumn> kept;

  [[nodiscard]] std::string name_of(std::size_t sample) const { return sample_name(info, rows, sample); }
};

inline Dataset make_dataset(DatasetInfo info, Samples samples) {
  return {{std::move(samples)}, std::move(info), {}};
}

/// The digest of all features, labels, targets and weights, as the file says them.
std::string digest_samples(const Samples& samples);

/// The same as a number.
std::uint64_t digest_value(const Samples& samples);

/// The same with real numbers as float32, as checkpoints of format 1 have it.
std::string digest_in_float32(const Samples& samples);

/// True when a model that is made for one can be fed with the other. Classes have the same names, and the same numbers
/// where both have numbers.
bool same_kind(const DatasetInfo& a, const DatasetInfo& b);

/// True when both have the same samples under the same description. Where they came from does not matter.
bool same_data(const DatasetInfo& a, const DatasetInfo& b);

}  // namespace lockstep
