// Reads a file of samples part by part, so that it need not be in memory.
#pragma once

#include <cstdint>

#include "base/partition.hpp"
#include "data/dataset.hpp"

namespace lockstep {

/// Of the training data that a configuration names. Bad input as for data that are read at once.
class RowReader {
 public:
  RowReader() = default;
  virtual ~RowReader() = default;
  RowReader(const RowReader&) = delete;
  RowReader& operator=(const RowReader&) = delete;

  /// All of it but classes and words, which are not known before all samples have been looked at.
  [[nodiscard]] virtual const DatasetInfo& info() const = 0;

  /// Rows that the file stores as one: reading a part of them takes as long as reading all.
  [[nodiscard]] virtual std::uint64_t rows_stored_together() const = 0;

  /// What has to be known of all samples before some can be read, in one pass that reads `rows_at_once` at a time:
  /// classes and words, in the description. With `keep` also each sample's label, weight and group and, where samples
  /// are left out for their gaps, the numbers of the others. There are no features and no targets in it.
  virtual Dataset look_through(std::uint64_t rows_at_once, bool keep) = 0;

  /// These samples, with the classes and words of `info`, but for those that are left out for their gaps: then the
  /// others have their numbers, counted from the first of these rows.
  virtual Samples read(const Range& rows, const DatasetInfo& info) = 0;
};

}  // namespace lockstep
