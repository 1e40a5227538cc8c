#include "data/csv_columns.hpp"

#include <algorithm>

#include "base/counted.hpp"
#include "base/error.hpp"
#include "data/checks.hpp"
#include "data/column_choice.hpp"
#include "data/csv_dialect.hpp"

namespace lockstep {

namespace {

constexpr auto kAmbiguous = static_cast<std::size_t>(-1);

}  // namespace

CsvColumns::CsvColumns(const std::string& path, const ToldDialect& dialect, const CsvRow& first,
                       const CsvDialect& given_dialect, const std::vector<std::string>& given)
    : path_(path), dialect_(dialect) {
  const bool header = dialect_.header == HeaderLine::yes;
  if (header)
    for (std::size_t i = 0; i < first.size(); ++i) names_.emplace_back(first[i].text);
  if (!given.empty()) {
    if (given.size() != first.size())
      throw bad_input("{}:{}: {} columns, but data.columns names {}; name each of them once", path, first.line,
                      first.size(), given.size());
    if (header && given_dialect.header == HeaderLine::automatic && names_ != given)
      throw bad_input(
          "{}:{}: the first line looks like names of columns, {}, and data.columns names them otherwise; say with "
          "data.header = true that these names are to be replaced, or with data.header = false that the line is a "
          "sample",
          path, first.line, list_names(names_));
    names_ = given;
  } else if (!dialect_.names.empty()) {
    names_ = dialect_.names;
  } else if (!header) {
    for (std::size_t i = 0; i < first.size(); ++i) names_.push_back(made_up_name(i));
    named_ = false;
  }
  if (dialect_.row_names) names_.insert(names_.begin(), "row.names");
  for (std::size_t i = 0; i < names_.size(); ++i)
    if (!columns_.emplace(names_[i], i).second) columns_[names_[i]] = kAmbiguous;
}

std::string CsvColumns::called(std::size_t column) const {
  return names_[column].empty() ? made_up_name(column) : names_[column];
}

std::size_t CsvColumns::find(const std::string& name) const {
  const auto column = columns_.find(name);
  if (column == columns_.end()) {
    if (const std::size_t number = column_number(name); number > 0 && number <= size()) return number - 1;
    throw bad_input("{}: there is no column '{}' in it; its columns are {}{}", path_, name, list_names(names_, name),
                    size() == 1 ? fmt::format("; columns are taken to be separated by {}: if that is wrong, give "
                                              "data.separator",
                                              name_of(dialect_.separator))
                    : named_    ? ""
                                : "; its first line is taken for a sample: if it holds names, give data.header = true, "
                                  "and if there are none, data.columns can name them");
  }
  if (name.empty())  // as a rule pandas' index, which would be learnt like any other number
    throw bad_input("{}: a column has no name; name it or leave it out (pandas: to_csv(..., index=False))", path_);
  if (column->second == kAmbiguous)
    throw bad_input("{}: several columns are called '{}'; give each its own name", path_, name);
  return column->second;
}

std::vector<std::size_t> CsvColumns::find(const std::vector<std::string>& names) const {
  std::vector<std::size_t> found;
  for (const std::string& name : names) found.push_back(find(name));
  return found;
}

bool CsvColumns::have(const std::vector<std::string>& names) const {
  return std::ranges::all_of(names, [&](const std::string& name) { return columns_.contains(name); });
}

Error CsvColumns::other_width(const CsvRow& record) const {
  const char* remedy =
      begins_with_comment_mark(record[0].text) ? "data.comment says how lines of comment begin"
      : dialect_.separator == Separator::comma && record.size() > size()
          ? "numbers have decimal points, and texts with commas quotes; or data.separator names another separator"
          : "data.separator names another separator";
  return bad_input("{}:{}: {}, separated by {}, where the first line has {}; {}", path_, record.line,
                   counted(record.size(), "field"), name_of(dialect_.separator), size(), remedy);
}

}  // namespace lockstep
