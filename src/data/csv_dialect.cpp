#include "data/csv_dialect.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <span>

#include "data/csv_header.hpp"
#include "data/csv_splitter.hpp"
#include "data/number.hpp"

namespace lockstep {

namespace {

constexpr std::size_t kMostRecords = 200;
constexpr std::string_view kMarks[] = {"#", "//", "%"};  // of comments

/// The beginning of a file, behind which a line feed stands in memory.
struct Beginning {
  std::string_view text;
  bool whole;  // it is all of the file
};

/// The first records. Lines whose quotes are not in order, as in comments, are one field each.
std::vector<CsvRecord> first_records(const Beginning& beginning, const CsvDialect& dialect) {
  std::vector<CsvRecord> records;
  CsvSplitter splitter(dialect);
  for (std::string_view rest = beginning.text; records.size() < kMostRecords;) {
    using enum CsvSplitter::End;
    const CsvSplitter::End end = splitter.split(rest, beginning.whole || records.empty());
    if (end == none || end == cut) break;
    if (end == record) {
      records.push_back(texts_of(splitter.record()));
      rest.remove_prefix(splitter.taken());
    } else {
      rest.remove_prefix(splitter.skipped());
      const std::string_view line = rest.substr(0, rest.find_first_of("\r\n"));
      records.push_back({std::string(line)});
      rest.remove_prefix(line.size());
    }
  }
  return records;
}

/// The number of fields that most records have.
std::size_t usual_width(const std::vector<CsvRecord>& records) {
  std::map<std::size_t, std::size_t> counts;
  for (const CsvRecord& record : records) ++counts[record.size()];
  const auto usual = std::ranges::max_element(counts, {}, [](const auto& pair) { return pair.second; });
  return usual == counts.end() ? 0 : usual->first;
}

/// "3,5" as "3.5"; the same text where it has no comma.
std::string with_point(std::string text) {
  std::ranges::replace(text, ',', '.');
  return text;
}

/// How well a separator cuts records, 0 to 1: the part of them that have the usual number of fields, more than one,
/// times the part of fields in which no other separator is left.
double fit(const std::vector<CsvRecord>& records) {
  const std::size_t width = usual_width(records);
  if (width < 2) return 0;
  double usual = 0;
  double fields = 0;
  double clean = 0;
  for (const CsvRecord& record : records) {
    usual += record.size() == width ? 1 : 0;
    fields += static_cast<double>(record.size());
    for (const std::string& field : record)
      clean += field.find_first_of(",;\t|") == std::string::npos || parse_number(with_point(field)) ? 1 : 0;
  }
  return usual / static_cast<double>(records.size()) * clean / fields;
}

Separator tell_separator(const Beginning& text, const CsvDialect& given) {
  CsvDialect dialect = given;
  const auto cut_by = [&](Separator separator) {
    dialect.separator = separator;
    std::vector<CsvRecord> records = first_records(text, dialect);
    if (dialect.comment.empty() && records.size() > 1)  // marks are told later, with the separator known
      std::erase_if(records, [](const CsvRecord& record) { return begins_with_comment_mark(record.front()); });
    return records;
  };
  Separator best = Separator::comma;
  double best_fit = 0;
  for (const Separator separator : {Separator::tab, Separator::semicolon, Separator::bar, Separator::comma})
    if (const double now = fit(cut_by(separator)); now > best_fit) best = separator, best_fit = now;
  constexpr double kGood = 0.5;
  if (best_fit >= kGood) return best;
  const std::vector<CsvRecord> by_blanks = cut_by(Separator::blanks);  // which texts have as well
  const bool is_table = fit(by_blanks) > kGood && (by_blanks.front().size() == usual_width(by_blanks) ||
                                                   has_row_names(by_blanks, Separator::blanks));
  return is_table ? Separator::blanks : best;
}

/// The mark with which lines begin that are no records: at the top of the file, or with another number of fields. A
/// first column called "#" or "%fat" is none.
std::string tell_comment(const std::vector<CsvRecord>& records) {
  std::vector<CsvRecord> table = records;
  std::erase_if(table, [](const CsvRecord& record) { return begins_with_comment_mark(record.front()); });
  const std::size_t width = usual_width(table.empty() ? records : table);
  for (const std::string_view mark : kMarks)
    for (const CsvRecord& record : records) {
      if (!record.front().starts_with(mark)) continue;
      const bool top = &record == &records.front() && mark != "%" && record.front() != mark;
      if (top || record.size() != width) return std::string(mark);
    }
  return "";
}

/// True for 1,234 and 12,345,678, which may be whole numbers in groups of three digits.
bool may_be_grouped(std::string_view field) {
  constexpr std::string_view digits = "0123456789";
  constexpr std::size_t group = 3;
  if (field.starts_with('-') || field.starts_with('+')) field.remove_prefix(1);
  const std::size_t first = std::min(field.find_first_not_of(digits), field.size());
  if (first == 0 || first > group || field.front() == '0') return false;
  for (field.remove_prefix(first); !field.empty(); field.remove_prefix(group + 1)) {
    if (field.size() < group + 1 || field.front() != ',') return false;
    if (field.substr(1, group).find_first_not_of(digits) != std::string_view::npos) return false;
  }
  return true;
}

Decimal tell_decimal(std::span<const CsvRecord> records) {
  std::size_t commas = 0;
  std::size_t points = 0;
  bool sure = false;
  for (const CsvRecord& record : records)
    for (const std::string& field : record) {
      if (field.find('.') != std::string::npos) {
        points += parse_field(field) ? 1 : 0;
      } else if (field.find(',') != std::string::npos && parse_field(with_point(field))) {
        ++commas;
        sure = sure || !may_be_grouped(field);
      }
    }
  return sure && commas > points ? Decimal::comma : Decimal::point;
}

}  // namespace

bool begins_with_comment_mark(std::string_view field) {
  return std::ranges::any_of(kMarks, [&](std::string_view mark) { return field.starts_with(mark); });
}

ToldDialect tell_dialect(std::string_view text, bool whole, const CsvDialect& given,
                         const std::vector<std::string>& names) {
  ToldDialect dialect{given, {}, false};
  const std::string copy = std::string(text) + '\n';
  const Beginning beginning = {std::string_view(copy).substr(0, text.size()), whole};
  if (given.comment == kAutomaticComment) dialect.comment.clear();
  if (given.separator == Separator::automatic) dialect.separator = tell_separator(beginning, dialect);
  if (given.comment == kAutomaticComment) dialect.comment = tell_comment(first_records(beginning, dialect));
  const std::vector<CsvRecord> records = first_records(beginning, dialect);
  const std::size_t header_lines = records.empty() || given.header == HeaderLine::no ? 0 : 1;
  const auto body = std::span(records).subspan(header_lines < records.size() ? header_lines : 0);
  if (given.decimal == Decimal::automatic)
    dialect.decimal = dialect.separator == Separator::comma ? Decimal::point : tell_decimal(body);
  dialect.row_names = header_lines > 0 && has_row_names(records, dialect.separator);
  if (given.header == HeaderLine::automatic) {
    const bool header = records.empty() || dialect.row_names || has_header(records, dialect.decimal, names);
    dialect.header = header ? HeaderLine::yes : HeaderLine::no;
  }
  if (dialect.header == HeaderLine::no && !records.empty())
    dialect.names = names_in_comment(text, dialect, records.front().size());
  return dialect;
}

std::optional<SeparatorNote> separator_note(std::string_view text) {
  std::string_view line = text.substr(0, text.find_first_of("\r\n"));
  std::size_t bytes = line.size();
  if (text.substr(bytes).starts_with('\r')) ++bytes;
  if (text.substr(bytes).starts_with('\n')) ++bytes;
  if (line.size() > 1 && line.starts_with('"') && line.ends_with('"')) line = line.substr(1, line.size() - 2);
  if (!line.starts_with("sep=") && !line.starts_with("SEP=") && !line.starts_with("Sep=")) return std::nullopt;
  line.remove_prefix(std::string_view("sep=").size());
  if (line.size() != 1) return std::nullopt;
  for (const Separator separator :
       {Separator::comma, Separator::semicolon, Separator::tab, Separator::bar, Separator::blanks})
    if (line.front() == static_cast<char>(separator)) return SeparatorNote{separator, bytes};
  return std::nullopt;
}

const char* name_of(Separator separator) {
  switch (separator) {
    case Separator::semicolon:
      return "semicolons";
    case Separator::tab:
      return "tabs";
    case Separator::bar:
      return "vertical bars";
    case Separator::blanks:
      return "blanks";
    default:
      return "commas";
  }
}

std::string describe(const ToldDialect& dialect) {
  std::vector<std::string> parts;
  if (dialect.separator != Separator::comma) parts.emplace_back(name_of(dialect.separator));
  if (dialect.decimal == Decimal::comma) parts.emplace_back("decimal commas");
  if (dialect.header == HeaderLine::no) parts.emplace_back(dialect.names.empty() ? "no header" : "names in a comment");
  if (dialect.row_names) parts.emplace_back("row names");
  if (!dialect.comment.empty()) parts.push_back(fmt::format("comments after {}", dialect.comment));
  return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace lockstep
