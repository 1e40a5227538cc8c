// The records of a CSV file, one after the other, with the lines on which they stand.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "base/in_order.hpp"
#include "data/csv_piece.hpp"

namespace lockstep {

class CsvRecords {
 public:
  using Use = std::function<void(const CsvRow&)>;

  /// As CsvText.
  explicit CsvRecords(const std::string& path, const CsvDialect& given = {},
                      const std::vector<std::string>& names = {});

  [[nodiscard]] const ToldDialect& dialect() const { return text_.dialect(); }

  /// The first record, which may be a header; lines count from 1. Bad input where there is none.
  [[nodiscard]] CsvRow first() const;

  /// Gives `use` all records but a header, in their order, one at a time, from this thread or one of its helpers. Can
  /// be called once. Bad input, with the line, when quotes are not in order, a record is too long, or text is not
  /// UTF-8.
  void for_each(const Helpers& helpers, const Use& use);

  /// While for_each() runs: the part of the file, 0 to 1, that comes before the record's block.
  [[nodiscard]] double done() const { return done_; }
  /// That have been gone through.
  [[nodiscard]] std::size_t lines() const { return lines_; }

 private:
  void use_rows(const CsvPiece& piece, std::size_t begin, const Use& use);
  void check(const CsvPiece& piece) const;

  std::string path_;
  CsvText text_;
  CsvPiece first_;  // that has a record
  std::size_t lines_;
  double done_ = 0;
};

}  // namespace lockstep
