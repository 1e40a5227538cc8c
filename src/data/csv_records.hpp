// The records of a CSV file (RFC 4180), one after the other, with the lines on which they stand.
#pragma once

#include <csv.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "data/input_file.hpp"
#include "data/utf8.hpp"

namespace lockstep {

/// Fields are those of libcsv in its strict mode: without their quotes and without blanks around them. Blank lines are
/// no records. A UTF-8 byte order mark is skipped. Text that is not UTF-8 is bad input, with its line.
class CsvRecords {
 public:
  /// Bad input when the file cannot be read.
  explicit CsvRecords(const std::string& path);
  ~CsvRecords() { csv_free(&parser_); }
  CsvRecords(const CsvRecords&) = delete;
  CsvRecords& operator=(const CsvRecords&) = delete;

  /// Goes to the next record; false when there is none. Bad input, with the line, when quotes are not in order or a
  /// record has more than 16 MiB.
  bool next();

  /// Of the present record: its fields, valid until the next call of next(), and the line where it begins.
  [[nodiscard]] std::size_t size() const { return ends_.size(); }
  [[nodiscard]] std::string_view operator[](std::size_t field) const {
    const std::size_t begin = field == 0 ? 0 : ends_[field - 1];
    return std::string_view(text_).substr(begin, ends_[field] - begin);
  }
  [[nodiscard]] std::size_t line() const { return first_line_; }
  [[nodiscard]] std::string where() const;

  /// The part of the file, 0 to 1, that the records up to here have taken; known when a new block is read.
  [[nodiscard]] double done() const { return done_; }

 private:
  std::string_view next_piece();
  void read_block();
  void check_text(std::string_view piece);
  void parse(std::string_view piece);

  std::string path_;
  InputFile file_;
  csv_parser parser_{};
  std::vector<char> block_;
  std::string_view unread_;  // of block_
  bool ascii_ = true;        // all of block_, without NUL
  Utf8Check utf8_;
  double done_ = 0;                // before block_
  std::size_t line_ = 0;           // of the last piece; from 1
  bool line_ended_ = true;         // by the last piece
  std::size_t first_line_ = 0;     // of the present record; 0: not begun
  std::size_t records_ = 0;        // that ended in this call of next()
  std::string text_;               // the fields, one after the other
  std::vector<std::size_t> ends_;  // of the fields in text_
};

}  // namespace lockstep
