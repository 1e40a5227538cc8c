// The text of a CSV file, in blocks that several threads can cut into records.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/csv_dialect.hpp"
#include "data/input_file.hpp"

namespace lockstep {

/// The longest record that a table may have, in bytes.
inline constexpr std::size_t kLongestRecord = 1U << 24;

/// A part of the text, whole records, behind which a line feed stands in memory.
struct CsvBlock {
  std::vector<char> bytes;
  std::size_t size = 0;  // of the text in it
  double before = 0;     // the part of the file, 0 to 1, that had been read before

  [[nodiscard]] std::string_view text() const { return {bytes.data(), size}; }
};

/// A byte order mark of UTF-8 is skipped, and so is a line "sep=;".
class CsvText {
 public:
  /// What `given` leaves open is told by the first lines, of which one with all of `names` is a header. Bad input when
  /// the file cannot be read, or is in UTF-16.
  CsvText(const std::string& path, const CsvDialect& given, const std::vector<std::string>& names);

  [[nodiscard]] const ToldDialect& dialect() const { return dialect_; }
  /// Before the first block.
  [[nodiscard]] std::size_t skipped_lines() const { return skipped_lines_; }

  /// True where there are no more blocks.
  [[nodiscard]] bool ended() const { return ended_ && rest_.empty(); }
  /// Reads the next block; false when there is none. It ends within a record that is longer than kLongestRecord.
  bool next(CsvBlock& block);

 private:
  /// Fills `bytes` from `size` on, and returns the size of what they hold then.
  std::size_t fill(std::span<char> bytes, std::size_t size);
  /// The bytes of `text` up to the last place at which a record ends; 0 where none does.
  [[nodiscard]] std::size_t whole_records(std::string_view text) const;

  InputFile file_;
  ToldDialect dialect_;
  std::vector<char> rest_;  // that has been read, and is in no block yet
  bool ended_ = false;      // all of the file has been read
  std::size_t skipped_lines_ = 0;
};

}  // namespace lockstep
