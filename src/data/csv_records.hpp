// The records of a CSV file, one after the other, with the lines on which they stand.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "data/csv_dialect.hpp"
#include "data/csv_splitter.hpp"
#include "data/input_file.hpp"

namespace lockstep {

/// A byte order mark of UTF-8 is skipped. Text that is not UTF-8 is bad input, with its line.
class CsvRecords {
 public:
  /// What `given` leaves open is told by the first lines, of which one with all of `names` is a header. Bad input when
  /// the file cannot be read, or is in UTF-16.
  explicit CsvRecords(const std::string& path, const CsvDialect& given = {},
                      const std::vector<std::string>& names = {});

  /// Goes to the next record; false when there is none. Bad input, with the line, when quotes are not in order or a
  /// record has more than 16 MiB.
  bool next();

  /// Of the present record: its fields, valid until the next call of next(), and the line where it begins.
  [[nodiscard]] std::size_t size() const { return splitter_.fields().size(); }
  [[nodiscard]] std::string_view operator[](std::size_t field) const { return splitter_.fields()[field]; }
  [[nodiscard]] std::size_t line() const { return line_ + splitter_.skipped_lines() + 1; }

  [[nodiscard]] const ToldDialect& dialect() const { return dialect_; }

  /// The part of the file, 0 to 1, that the records up to here have taken; known when a new block is read.
  [[nodiscard]] double done() const { return done_; }

 private:
  void read_more();
  void take();
  void check_text(std::string_view record, bool complete) const;

  std::string path_;
  InputFile file_;
  std::vector<char> block_;
  std::string_view text_;  // of block_, from the present record on
  ToldDialect dialect_;
  CsvSplitter splitter_;
  bool last_ = false;     // all of the file has been read
  bool ascii_ = true;     // all of text_, without NUL
  double done_ = 0;       // before the bytes that were read last
  std::size_t line_ = 0;  // lines before text_
};

}  // namespace lockstep
