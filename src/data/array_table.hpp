// Data sets in arrays: `features` (samples, ...) with `labels` (samples) or `targets` (samples[, targets]).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/array_features.hpp"
#include "data/array_file.hpp"
#include "data/array_labels.hpp"
#include "data/data_query.hpp"

namespace lockstep {

using OpenArrays = std::function<std::unique_ptr<ArrayFile>(const DataPart& part)>;

/// The names of the arrays in a file: those that `query` gives, or the first of others that it has. Bad input where
/// there are other arrays alone.
ArrayNames names_in(const ArrayFile& file, const DataQuery& query);

/// Reads the features, bytes where all files have unsigned bytes and real numbers otherwise, and unless
/// `query.features_only` the classes of the labels or else the numbers of the targets. Labels are integers, booleans,
/// texts, an enumeration (whose names are the classes') or one-hot rows. Optional lists of strings: class names, and
/// names of columns of features and targets; the latter two may be attributes of their arrays as well. The option
/// `weights` names an array of the samples' weights, (samples) or (samples, 1).
///
/// Several parts are one data set, one after the other. In tables NaN is a gap.
///
/// Bad input, with file and array, when one is missing, sizes disagree, a label has no class, a number is not finite
/// and no gap, or memory does not hold it all.
Dataset read_array_table(const std::vector<DataPart>& parts, const OpenArrays& open, const DataQuery& query);

/// The same piece by piece, where a piece is some files or some rows of them, in their order.
class ArrayTable {
 public:
  /// `bytes`: whether all files have unsigned bytes; nothing: the first piece is all, and says what its numbers are.
  explicit ArrayTable(const DataQuery& query, std::optional<bool> bytes = {})
      : query_(query), bytes_(bytes), labels_(query.classes) {}
  ArrayTable(const ArrayTable&) = delete;
  ArrayTable& operator=(const ArrayTable&) = delete;
  ~ArrayTable() = default;

  /// Adds a file, or some rows of one, to the next piece.
  void add(std::unique_ptr<ArrayFile> file);

  /// Reads the next piece. Its labels and words are numbers in the order in which they were met.
  Dataset read();

  /// False where fields have been read that settling refuses.
  [[nodiscard]] bool is_right() const { return features_->is_right(); }

  /// Gives the only piece its classes, and its words their order.
  void settle(Dataset& data);

  /// The same of several pieces, which are gone.
  PartsRead settled();

 private:
  enum class Output { none, labels, targets };

  [[nodiscard]] Output task_of(const ArrayPart& part) const;
  [[nodiscard]] Array::Strings target_names(const ArrayPart& part, const Array& targets) const;
  void describe();
  void read_outputs(const ArrayPart& part, Dataset& piece);
  void begin_to_keep(const ArrayPart& part, Dataset& piece) const;
  void finish();

  DataQuery query_;
  std::vector<ArrayPart> parts_;  // of the next piece
  ArrayColumns columns_;          // of the first file
  std::string path_;              // of the same
  std::optional<bool> bytes_;
  std::size_t number_bytes_ = sizeof(double);  // of a feature in memory
  std::optional<Output> task_;
  GapRules rules_;
  std::unique_ptr<ArrayFeatures> features_;
  ArrayLabels labels_;
  WordList groups_;
  std::uint64_t left_out_ = 0;  // samples with gaps
  DatasetInfo info_;            // of all pieces so far
};

}  // namespace lockstep
