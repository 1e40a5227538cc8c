#include "data/csv_header.hpp"

#include <algorithm>
#include <set>
#include <span>

#include "data/csv_splitter.hpp"
#include "data/number.hpp"

namespace lockstep {

CsvRecord texts_of(std::span<const Field> fields) {
  CsvRecord texts;
  for (const Field& field : fields) texts.emplace_back(field.text);
  return texts;
}

bool has_header(const std::vector<CsvRecord>& records, Decimal decimal, const std::vector<std::string>& names) {
  const CsvRecord& first = records.front();
  const std::span body = std::span(records).subspan(1);
  const auto is_number = [&](const std::string& field) { return parse_field(field, decimal).has_value(); };
  bool has_numbers = false;
  bool has_others = false;  // words that are not among the names
  bool recurs = false;
  for (std::size_t column = 0; column < first.size(); ++column) {
    const std::string& top = first[column];
    if (is_number(top)) {
      has_numbers = true;
      continue;
    }
    has_others = has_others || std::ranges::find(names, top) == names.end();
    std::size_t numbers = 0;
    std::size_t words = 0;
    for (const CsvRecord& record : body) {
      if (column >= record.size()) continue;
      const std::string& field = record[column];
      recurs = recurs || (field == top && !field.empty());
      if (is_number(field))
        ++numbers;
      else if (!is_missing(field))
        ++words;
    }
    if (numbers > 0 && words == 0 && !is_missing(top)) return true;
  }
  const bool has_names = !names.empty() && std::ranges::all_of(names, [&](const std::string& name) {
    return std::ranges::find(first, name) != first.end();
  });
  if (has_names) return has_others || !has_numbers || names.size() == first.size();
  return !has_numbers && !recurs;
}

bool has_row_names(const std::vector<CsvRecord>& records, Separator separator) {
  const CsvRecord& header = records.front();
  const std::span rows = std::span(records).subspan(1);
  const auto is_number = [](const std::string& field) { return parse_field(field).has_value(); };
  if (rows.empty() || header.size() < 2 || std::ranges::any_of(header, is_number)) return false;
  std::set<std::string> names;
  bool counted = true;
  bool filled = false;  // the last column
  for (const CsvRecord& row : rows) {
    const std::string& name = row.front();
    if (row.size() != header.size() + 1 || name.empty() || !names.insert(name).second) return false;
    counted = counted && name == std::to_string(names.size());
    filled = filled || !row.back().empty();
  }
  constexpr std::size_t kSure = 3;
  const bool decimals = separator == Separator::comma && std::ranges::any_of(names, is_number);
  return filled && (!decimals || (counted && names.size() >= kSure));
}

std::vector<std::string> names_in_comment(std::string_view text, const CsvDialect& dialect, std::size_t columns) {
  constexpr std::string_view kMark = "#";
  std::string line;
  while (dialect.comment == kMark && text.starts_with(kMark)) {
    const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
    line = text.substr(kMark.size(), end - kMark.size());
    text.remove_prefix(std::min(text.find_first_not_of("\r\n", end), text.size()));
  }
  line += '\n';
  CsvSplitter splitter(dialect);
  if (columns < 2 ||
      splitter.split(std::string_view(line).substr(0, line.size() - 1), true) != CsvSplitter::End::record)
    return {};
  std::vector<std::string> names = texts_of(splitter.record());
  const bool are_words = std::ranges::none_of(
      names, [](const std::string& name) { return name.empty() || parse_field(name).has_value(); });
  const bool fit = names.size() == columns && std::set(names.begin(), names.end()).size() == columns;
  return are_words && fit ? names : std::vector<std::string>();
}

}  // namespace lockstep
