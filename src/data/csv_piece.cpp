#include "data/csv_piece.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/vectorized.hpp"
#include "data/utf8.hpp"

namespace lockstep {

namespace {

/// All bits that are set in some byte of a text.
LOCKSTEP_VECTORIZED unsigned char bits_of(std::string_view text) {
  unsigned char bits = 0;
  const char* const begin = text.data();
  const std::size_t size = text.size();
  for (std::size_t i = 0; i < size; ++i) bits = static_cast<unsigned char>(bits | static_cast<unsigned char>(begin[i]));
  return bits;
}

/// True where a text may be other than UTF-8, or has a NUL.
bool is_to_be_checked(std::string_view text) {
  return bits_of(text) >= 0x80 || text.find('\0') != std::string_view::npos;
}

/// What is wrong where a record that begins in `line`, `complete` or the beginning of it, is not UTF-8.
std::optional<CsvPiece::Fault> fault_in_text(std::string_view record, bool complete, std::size_t line) {
  Utf8Check check;
  std::size_t wrong = check.wrong_byte(record);
  if (wrong == std::string_view::npos && !(complete && check.within_character())) return std::nullopt;
  // ASCII is wrong only after a character that is not complete.
  wrong = std::min(wrong, record.size());
  const bool cut = wrong > 0 && (wrong == record.size() || record[wrong] > 0);
  const auto byte = static_cast<unsigned>(static_cast<unsigned char>(record[cut ? wrong - 1 : wrong]));
  line +=
      static_cast<std::size_t>(std::count(record.begin(), record.begin() + static_cast<std::ptrdiff_t>(wrong), '\n'));
  if (byte == 0)
    return {{line, "not a text in UTF-8: a NUL byte; is this a CSV table? Save it again as CSV in that encoding"}};
  return {
      {line, fmt::format("not a text in UTF-8: byte 0x{:02X} is out of place; save it as CSV in that encoding (from "
                         "Latin-1: iconv -f latin1 -t utf-8)",
                         byte)}};
}

}  // namespace

void CsvPiece::cut() {
  splitter_.restart();
  rows_.clear();
  lines_ = 0;
  fault_.reset();
  const bool check = is_to_be_checked(block.text());
  for (std::string_view text = block.text();;) {
    using enum CsvSplitter::End;
    const CsvSplitter::End end = splitter_.split(text, true);
    const std::size_t line = lines_ + splitter_.skipped_lines();
    const std::size_t begin = splitter_.skipped();
    const std::string_view record_text =
        text.substr(begin, end == record ? splitter_.taken() - begin : std::string_view::npos);
    const bool too_long = record_text.size() > kLongestRecord;
    if (check && end != none) fault_ = fault_in_text(record_text, !too_long, line);
    if (!fault_ && too_long)
      fault_ = {line, fmt::format("a line of more than {} bytes, so this is no table", kLongestRecord)};
    if (!fault_ && end == open_quote) fault_ = {line, "a quotation mark opens a field here and is never closed"};
    if (!fault_ && end == stray_quote)
      fault_ = {lines_ + splitter_.lines(),
                "a quotation mark within a field; put the whole field in quotes and double those in it"};
    lines_ += std::max(splitter_.lines(), splitter_.skipped_lines());
    if (fault_ || end == none) return;
    rows_.push_back({line, splitter_.fields().size()});
    text.remove_prefix(splitter_.taken());
  }
}

CsvRow CsvPiece::operator[](std::size_t record) const {
  const std::size_t begin = record == 0 ? 0 : rows_[record - 1].fields_end;
  return {splitter_.fields().subspan(begin, rows_[record].fields_end - begin), rows_[record].line};
}

}  // namespace lockstep
