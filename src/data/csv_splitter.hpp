// The records of a CSV text, cut into fields.
#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/field.hpp"
#include "data/options.hpp"

namespace lockstep {

/// Lines end with \n, \r\n or \r. Fields are without their quotes and without blanks around them. Lines that are blank
/// or of comment are no records.
class CsvSplitter {
 public:
  enum class End {
    record,       // there is one
    none,         // the text has no further one
    cut,          // the text ends within one
    open_quote,   // a field is never closed
    stray_quote,  // a quotation mark stands within a field, in line `lines()` of the text
  };

  /// For a dialect in which nothing is automatic any more; whether there is a header does not matter.
  explicit CsvSplitter(const CsvDialect& dialect);

  /// Cuts the first record of `text`, behind which a line feed must stand in memory. `last`: no text follows.
  End split(std::string_view text, bool last);

  /// The fields of the last record, and those of all records since the last restart(). Valid as long as the text.
  [[nodiscard]] std::span<const Field> record() const { return std::span(fields_).subspan(record_); }
  [[nodiscard]] std::span<const Field> fields() const { return fields_; }
  void restart();

  /// Bytes of the text that come before the record, and with the record.
  [[nodiscard]] std::size_t skipped() const { return skipped_; }
  [[nodiscard]] std::size_t taken() const { return taken_; }
  /// The same in lines.
  [[nodiscard]] std::size_t skipped_lines() const { return skipped_lines_; }
  [[nodiscard]] std::size_t lines() const { return lines_; }

 private:
  [[nodiscard]] bool is_blank(char c) const { return c == ' ' || (c == '\t' && separator_ != '\t'); }
  [[nodiscard]] bool is_separator(char c) const { return c == separator_ || (c == '\t' && separator_ == ' '); }
  [[nodiscard]] const char* after_blanks(const char* at) const;
  End skip_lines(std::string_view text, bool last);
  [[nodiscard]] const char* line_end(const char* at, const char* end, bool last);
  End quoted(const char*& at, const char* end, bool last);

  void add_field(std::string_view text) { fields_.push_back(field_of(text, decimal_)); }

  char separator_;
  Decimal decimal_;
  std::string comment_;
  std::array<bool, 256> stops_{};  // characters that may end a field
  std::vector<Field> fields_;
  std::size_t record_ = 0;             // the first field of the last record
  std::deque<std::string> unescaped_;  // fields with quotation marks in them
  std::size_t skipped_ = 0;
  std::size_t taken_ = 0;
  std::size_t skipped_lines_ = 0;
  std::size_t lines_ = 0;
};

}  // namespace lockstep
