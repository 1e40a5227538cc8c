// The records of a block of CSV text.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/csv_splitter.hpp"
#include "data/csv_text.hpp"

namespace lockstep {

/// A record where it stands.
struct CsvRow {
  std::span<const Field> fields;
  std::size_t line = 0;  // in which it begins

  [[nodiscard]] std::size_t size() const { return fields.size(); }
  const Field& operator[](std::size_t field) const { return fields[field]; }
};

/// Lines are counted from 0 at the beginning of the block.
class CsvPiece {
 public:
  explicit CsvPiece(const CsvDialect& dialect) : splitter_(dialect) {}

  CsvBlock block;

  /// Cuts the block into records. That takes nothing but the block and the dialect, so that several threads can do it,
  /// with a piece each.
  void cut();

  [[nodiscard]] std::size_t size() const { return rows_.size(); }
  [[nodiscard]] CsvRow operator[](std::size_t record) const;
  [[nodiscard]] std::size_t lines() const { return lines_; }

  struct Fault {
    std::size_t line = 0;
    std::string what;
  };
  /// Why the records end before the block does: quotes are not in order, a record is too long, or it is not UTF-8.
  [[nodiscard]] const std::optional<Fault>& fault() const { return fault_; }

 private:
  struct Row {
    std::size_t line = 0;
    std::size_t fields_end = 0;
  };

  CsvSplitter splitter_;
  std::vector<Row> rows_;
  std::size_t lines_ = 0;
  std::optional<Fault> fault_;
};

}  // namespace lockstep
