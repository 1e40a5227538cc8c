#include "data/csv_splitter.hpp"

#include <algorithm>
#include <cstring>

namespace lockstep {

CsvSplitter::CsvSplitter(const CsvDialect& dialect)
    : separator_(static_cast<char>(dialect.separator)),
      decimal_(dialect.decimal == Decimal::comma ? Decimal::comma : Decimal::point),
      comment_(dialect.comment) {
  for (const char c : {'\n', '\r', '"', separator_}) stops_[static_cast<unsigned char>(c)] = true;
  if (separator_ == ' ') stops_['\t'] = true;
}

const char* CsvSplitter::after_blanks(const char* at) const {
  while (is_blank(*at)) ++at;
  return at;
}

/// What follows the line that ends at `at`; null where it cannot be told whether it ends there.
const char* CsvSplitter::line_end(const char* at, const char* end, bool last) {
  if (at == end && !last) return nullptr;
  ++lines_;
  if (at == end) return at;
  if (*at == '\n') return at + 1;
  if (at + 1 == end && !last) return nullptr;
  return at + 1 != end && at[1] == '\n' ? at + 2 : at + 1;
}

/// Passes over lines that are blank or of comment.
CsvSplitter::End CsvSplitter::skip_lines(std::string_view text, bool last) {
  const char* const end = text.data() + text.size();
  for (;;) {
    const char* at = after_blanks(text.data() + skipped_);
    if (at == end) return last ? End::none : End::cut;
    const bool is_comment =
        !comment_.empty() && std::string_view(at, static_cast<std::size_t>(end - at)).starts_with(comment_);
    if (is_comment) at = std::find_if(at, end, [](char c) { return c == '\n' || c == '\r'; });
    if (!is_comment && *at != '\n' && *at != '\r') return End::record;
    const char* const next = line_end(at, end, last);
    if (next == nullptr) return End::cut;
    skipped_ = static_cast<std::size_t>(next - text.data());
    skipped_lines_ = lines_;
  }
}

/// A field that opens with the quotation mark at `at`, which becomes the place behind it and the blanks after it.
CsvSplitter::End CsvSplitter::quoted(const char*& at, const char* end, bool last) {
  const char* const begin = ++at;
  bool has_marks = false;
  for (;; at += 2, has_marks = true) {
    at = static_cast<const char*>(std::memchr(at, '"', static_cast<std::size_t>(end - at)));
    if (at == nullptr) return last ? End::open_quote : End::cut;
    if (at + 1 == end && !last) return End::cut;
    if (at + 1 == end || at[1] != '"') break;
  }
  std::string_view field(begin, static_cast<std::size_t>(at - begin));
  for (std::size_t i = 0; i < field.size(); ++i)
    if (field[i] == '\n' || (field[i] == '\r' && begin[i + 1] != '\n')) ++lines_;
  if (has_marks) {
    std::string& text = unescaped_.emplace_back(field);
    for (std::size_t mark = text.find("\"\""); mark != std::string::npos; mark = text.find("\"\"", mark + 1))
      text.erase(mark, 1);
    field = text;
  }
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!field.empty() && is_space(field.front())) field.remove_prefix(1);
  while (!field.empty() && is_space(field.back())) field.remove_suffix(1);
  add_field(field);
  at = after_blanks(at + 1);
  // Blanks that separate are passed over already; one is given back, so that a separator stands here.
  if (separator_ == ' ' && is_blank(at[-1])) --at;
  return stops_[static_cast<unsigned char>(*at)] && *at != '"' ? End::record : End::stray_quote;
}

void CsvSplitter::restart() {
  fields_.clear();
  unescaped_.clear();
}

CsvSplitter::End CsvSplitter::split(std::string_view text, bool last) {
  const char* const end = text.data() + text.size();
  record_ = fields_.size();
  skipped_ = taken_ = skipped_lines_ = lines_ = 0;
  if (const End lines = skip_lines(text, last); lines != End::record) return lines;
  for (const char* at = after_blanks(text.data() + skipped_);;) {
    double number = 0;
    if (const char* const number_end = scan_number(at, static_cast<char>(decimal_), number);
        number_end != nullptr && stops_[static_cast<unsigned char>(*number_end)] && *number_end != '"') {
      // As most fields are: at once seen to the end and understood.
      fields_.push_back({{at, static_cast<std::size_t>(number_end - at)}, number});
      at = number_end;
    } else if (*at == '"' && at != end) {
      if (const End field = quoted(at, end, last); field != End::record) return field;
    } else {
      const char* const begin = at;
      while (!stops_[static_cast<unsigned char>(*at)]) ++at;
      if (*at == '"' && at != end) return End::stray_quote;
      const char* field_end = at;
      while (field_end != begin && is_blank(field_end[-1])) --field_end;
      add_field({begin, static_cast<std::size_t>(field_end - begin)});
    }
    if (at != end && is_separator(*at)) {
      at = after_blanks(at + 1);
      const bool more = separator_ != ' ' || (at != end && *at != '\n' && *at != '\r');
      if (more) continue;
    }
    const char* const next = line_end(at, end, last);
    if (next == nullptr) return End::cut;
    taken_ = static_cast<std::size_t>(next - text.data());
    return End::record;
  }
}

}  // namespace lockstep
