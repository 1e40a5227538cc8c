// Reads a file of samples part by part, so that it need not be in memory.
#pragma once

#include <cstdint>

#include "base/partition.hpp"
#include "data/classes.hpp"
#include "data/dataset.hpp"

namespace lockstep {

/// Of the training data that a configuration names. Bad input as for data that are read at once.
class RowReader {
 public:
  RowReader() = default;
  virtual ~RowReader() = default;
  RowReader(const RowReader&) = delete;
  RowReader& operator=(const RowReader&) = delete;

  /// All of it but the classes, where they are not known before labels are read.
  [[nodiscard]] virtual const DatasetInfo& info() const = 0;

  /// Rows that the file stores as one: reading a part of them takes as long as reading all.
  [[nodiscard]] virtual std::uint64_t rows_stored_together() const = 0;

  /// Fills in the classes of a classification: those of `given` or, without names, those of all samples, of which
  /// `rows_at_once` are read at a time.
  virtual void find_classes(const KnownClasses& given, std::uint64_t rows_at_once, DatasetInfo& info) = 0;

  /// These samples, of which those of a classification have one of `classes`.
  virtual Samples read(const Range& rows, const KnownClasses& classes) = 0;
};

}  // namespace lockstep
