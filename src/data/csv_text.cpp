#include "data/csv_text.hpp"

#include <algorithm>
#include <cstring>
#include <span>

#include "base/error.hpp"

namespace lockstep {

namespace {

constexpr std::size_t kBeginning = 1U << 20;  // of which the dialect is told
constexpr std::size_t kTextBlock = 1U << 18;  // with its fields, what a core's own cache holds

void check_no_utf16(const std::string& path, std::string_view text) {
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF") ||
      (text.size() > 1 && (text[0] == '\0') != (text[1] == '\0')))
    throw bad_input("{}:1: the file is in UTF-16, not a text in UTF-8; save it as \"CSV UTF-8\"", path);
}

/// `text` up to its last line end.
std::string_view whole_lines(std::string_view text) {
  if (text.ends_with('\r')) text.remove_suffix(1);  // a line feed may follow
  return text.substr(0, text.find_last_of("\r\n") + 1);
}

bool has_odd_quotes(std::string_view text) {
  return std::ranges::count(text, '"') % 2 == 1;
}

/// How much of whole lines is whole records, where quotes mean nothing in a comment.
std::size_t whole_records_of(std::string_view lines, const ToldDialect& dialect) {
  const char* const blanks = dialect.separator == Separator::tab ? " " : " \t";
  const auto is_comment = [&](std::string_view line) {
    return line.substr(std::min(line.find_first_not_of(blanks), line.size())).starts_with(dialect.comment);
  };
  std::size_t whole = 0;
  bool open = false;  // a field
  std::size_t at = 0;
  while (at < lines.size()) {
    const bool has_quotes = open || !is_comment(lines.substr(at));
    for (; lines[at] != '\n' && lines[at] != '\r'; ++at)
      if (lines[at] == '"') open = open != has_quotes;
    ++at;
    if (!open) whole = at;
  }
  return whole;
}

}  // namespace

CsvText::CsvText(const std::string& path, const CsvDialect& given, const std::vector<std::string>& names)
    : file_(path), dialect_{given, {}, false}, rest_(kBeginning) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  std::string_view text(rest_.data(), fill(rest_, 0));
  check_no_utf16(path, text);
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  if (const auto note = separator_note(text)) {
    if (given.separator == Separator::automatic) dialect_.separator = note->separator;
    text.remove_prefix(note->bytes);
    ++skipped_lines_;
  }
  dialect_ = tell_dialect(text, ended_, dialect_, names);
  rest_ = {text.begin(), text.end()};
}

std::size_t CsvText::fill(std::span<char> bytes, std::size_t size) {
  const std::span room = bytes.subspan(size);
  if (ended_ || room.empty()) return size;
  const std::size_t fresh = file_.read(std::as_writable_bytes(room));
  ended_ = fresh < room.size();
  return size + fresh;
}

std::size_t CsvText::whole_records(std::string_view text) const {
  if (text.find('"') == std::string_view::npos) return whole_lines(text).size();
  if (!dialect_.comment.empty()) return whole_records_of(whole_lines(text), dialect_);
  // Quotes open and close fields in turn, and are doubled within them: behind an even number of them no field is open.
  std::string_view whole = whole_lines(text);
  for (bool odd = has_odd_quotes(whole); odd;) {
    const std::string_view less = whole_lines(whole.substr(0, whole.rfind('"')));
    odd = odd != has_odd_quotes(whole.substr(less.size()));
    whole = less;
  }
  return whole.size();
}

bool CsvText::next(CsvBlock& block) {
  block.before = file_.done();
  std::vector<char>& bytes = block.bytes;
  bytes.resize(std::max({bytes.size(), kTextBlock, rest_.size() + 1}));
  std::ranges::copy(rest_, bytes.begin());
  for (std::size_t size = rest_.size();; bytes.resize(2 * bytes.size())) {
    size = fill(std::span(bytes).first(bytes.size() - 1), size);
    bytes[size] = '\n';
    block.size = ended_ ? size : whole_records({bytes.data(), size});
    if (block.size == 0 && !ended_ && size <= kLongestRecord) continue;
    if (block.size == 0) block.size = size;
    const auto end = bytes.begin() + static_cast<std::ptrdiff_t>(block.size);
    rest_.assign(end, bytes.begin() + static_cast<std::ptrdiff_t>(size));
    *end = '\n';
    return block.size > 0;
  }
}

}  // namespace lockstep
