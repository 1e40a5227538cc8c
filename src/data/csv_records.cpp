#include "data/csv_records.hpp"

#include <algorithm>
#include <span>

#include "base/error.hpp"
#include "data/utf8.hpp"

namespace lockstep {

namespace {

constexpr std::size_t kBlockSize = 1U << 20;
constexpr std::size_t kLongestRecord = 1U << 24;

void check_no_utf16(const std::string& path, std::string_view text) {
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF") ||
      (text.size() > 1 && (text[0] == '\0') != (text[1] == '\0')))
    throw bad_input("{}:1: the file is in UTF-16, not a text in UTF-8; save it as \"CSV UTF-8\"", path);
}

}  // namespace

CsvRecords::CsvRecords(const std::string& path, const CsvDialect& given, const std::vector<std::string>& names)
    : path_(path), file_(path), block_(kBlockSize), dialect_{given, {}, false}, splitter_(given) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  read_more();
  check_no_utf16(path, text_);
  if (text_.starts_with(byte_order_mark)) text_.remove_prefix(byte_order_mark.size());
  if (const auto note = separator_note(text_)) {
    if (given.separator == Separator::automatic) dialect_.separator = note->separator;
    text_.remove_prefix(note->bytes);
    ++line_;
  }
  dialect_ = tell_dialect(text_, last_, dialect_, names);
  splitter_ = CsvSplitter(dialect_);
}

/// Appends to text_ what the file has, as far as there is room, which is made. A line feed stands behind it.
void CsvRecords::read_more() {
  const std::size_t kept = text_.size();
  std::copy(text_.begin(), text_.end(), block_.begin());
  if (kept + 1 >= block_.size()) block_.resize(2 * block_.size());
  done_ = file_.done();
  const std::span room = std::span(block_).subspan(kept, block_.size() - kept - 1);
  const auto fresh = room.first(file_.read(std::as_writable_bytes(room)));
  last_ = fresh.size() < room.size();
  text_ = {block_.data(), kept + fresh.size()};
  block_[text_.size()] = '\n';
  // One pass without branches; what is not ASCII is looked at record by record.
  unsigned char high = 0;
  bool nul = false;
  for (const char c : fresh) {
    high = static_cast<unsigned char>(high | static_cast<unsigned char>(c));
    nul |= c == '\0';
  }
  ascii_ = high < 0x80 && !nul && (ascii_ || kept == 0);
}

/// Drops from text_ the present record and what stands before it.
void CsvRecords::take() {
  text_.remove_prefix(std::max(splitter_.taken(), splitter_.skipped()));
  line_ += std::max(splitter_.lines(), splitter_.skipped_lines());
}

/// Bad input unless a record, or what there is of it, is UTF-8.
void CsvRecords::check_text(std::string_view record, bool complete) const {
  Utf8Check check;
  std::size_t wrong = check.wrong_byte(record);
  if (wrong == std::string_view::npos && !(complete && check.within_character())) return;
  // ASCII is wrong only after a character that is not complete.
  wrong = std::min(wrong, record.size());
  const bool cut = wrong > 0 && (wrong == record.size() || record[wrong] > 0);
  const auto byte = static_cast<unsigned>(static_cast<unsigned char>(record[cut ? wrong - 1 : wrong]));
  const auto place = line() + static_cast<std::size_t>(std::count(record.begin(), record.begin() + wrong, '\n'));
  if (byte == 0)
    throw bad_input(
        "{}:{}: not a text in UTF-8: a NUL byte; is this a CSV table? Save it again as CSV in that encoding", path_,
        place);
  throw bad_input(
      "{}:{}: not a text in UTF-8: byte 0x{:02X} is out of place; save it as CSV in that encoding (from Latin-1: iconv "
      "-f latin1 -t utf-8)",
      path_, place, byte);
}

bool CsvRecords::next() {
  take();
  for (;;) {
    using enum CsvSplitter::End;
    const CsvSplitter::End end = splitter_.split(text_, last_);
    if (end == none) return false;
    const std::size_t begin = splitter_.skipped();
    const std::size_t size = end == record ? splitter_.taken() - begin : text_.size() - begin;
    if (!ascii_) check_text(text_.substr(begin, size), end != cut);
    if (size > kLongestRecord)
      throw bad_input("{}:{}: a line of more than {} bytes, so this is no table", path_, line(), kLongestRecord);
    if (end == record) return true;
    if (end == cut) {
      text_.remove_prefix(splitter_.skipped());
      line_ += splitter_.skipped_lines();
      read_more();
      continue;
    }
    if (end == open_quote)
      throw bad_input("{}:{}: a quotation mark opens a field here and is never closed", path_, line());
    throw bad_input("{}:{}: a quotation mark within a field; put the whole field in quotes and double those in it",
                    path_, line_ + splitter_.lines() + 1);
  }
}

}  // namespace lockstep
