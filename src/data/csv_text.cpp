#include "data/csv_text.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "data/checks.hpp"
#include "data/utf8.hpp"

namespace lockstep {

namespace {

/// How often each separator stands outside quotation marks.
struct Separators {
  std::size_t commas = 0;
  std::size_t semicolons = 0;
  std::size_t tabs = 0;
  std::size_t bars = 0;
};

Separators count_separators(std::string_view line) {
  Separators count;
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    count.commas += c == ',' ? 1 : 0;
    count.semicolons += c == ';' ? 1 : 0;
    count.tabs += c == '\t' ? 1 : 0;
    count.bars += c == '|' ? 1 : 0;
  }
  return count;
}

bool is_separator_note(std::string_view line) {
  constexpr std::string_view note = "sep=";
  if (line.starts_with('"')) line.remove_prefix(1);
  return line.size() <= note.size() + 3 &&
         std::equal(note.begin(), note.end(), line.begin(),
                    line.begin() + static_cast<std::ptrdiff_t>(std::min(line.size(), note.size())),
                    [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b); });
}

}  // namespace

void check_beginning(const std::string& path, std::string_view text) {
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF") ||
      (text.size() > 1 && (text[0] == '\0') != (text[1] == '\0')))
    throw bad_input(
        "{}:1: the file is in UTF-16, not a text in UTF-8; save it "
        "as \"CSV UTF-8\"",
        path);

  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return;
  const auto number = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(begin), '\n');
  std::string_view line = text.substr(begin, text.find_first_of("\r\n", begin) - begin);
  if (Utf8Check().wrong_byte(line) != std::string_view::npos) return;  // which is told when the line is read
  const std::string shown = fmt::format("'{}'", shortened(line, 40));

  if (is_separator_note(line))
    throw bad_input(
        "{}:{}: {} is a note on the separator, and no name of a "
        "column; remove this line, and separate by commas",
        path, number, shown);
  const Separators count = count_separators(line);
  const bool unusual = line.starts_with('%') || line.starts_with('@');  // begins comments, but names such as %fat too
  if (line.starts_with('#') || line.starts_with("//") || (unusual && count.commas == 0))
    throw bad_input(
        "{}:{}: the first line, {}, begins as a comment does, "
        "where the names of the columns are expected; "
        "remove comments, and the mark where these are the names "
        "(NumPy: savetxt(..., comments=''))",
        path, number, shown);
  if (count.commas > 0) return;
  const char* seen = count.semicolons > 0 ? "semicolons"
                     : count.tabs > 0     ? "tabs"
                     : count.bars > 0     ? "vertical bars"
                                          : nullptr;
  if (seen != nullptr)
    throw bad_input(
        "{}:{}: the columns, {}, are separated by {}; save the table with "
        "commas between columns and points "
        "within numbers (pandas: to_csv(..., sep=',', decimal='.'))",
        path, number, shown, seen);
}

}  // namespace lockstep
