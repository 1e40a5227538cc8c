// Reads tables of numbers from CSV files.
#include "data/csv.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <unordered_map>

#include "base/error.hpp"
#include "base/memory.hpp"
#include "data/checks.hpp"
#include "data/csv_records.hpp"

namespace lockstep {

namespace {

constexpr std::string_view kBlanks = " \t\r\n";

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin);
}

/// The whole of `text` as a number, with a leading plus or without; nothing where it is none.
template <class T>
std::optional<T> parse(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  T value{};
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (status != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<double> parse_finite(std::string_view text) {
  const std::optional<double> value = parse<double>(text);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

/// The first line: which columns there are.
class Header {
 public:
  explicit Header(const CsvRecords& records) {
    for (std::size_t i = 0; i < records.size(); ++i) {
      names_.emplace_back(trimmed(records[i]));
      const bool added = columns_.emplace(names_.back(), i).second;
      if (!added) columns_[names_.back()] = kAmbiguous;
    }
  }

  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

  /// The columns that have these names.
  [[nodiscard]] std::vector<std::size_t> find(const std::string& path, const std::vector<std::string>& names) const {
    std::vector<std::size_t> found;
    for (const std::string& name : names) {
      const auto column = columns_.find(name);
      if (column == columns_.end())
        throw bad_input("{}: there is no column '{}' in it; its columns are {}", path, name, list_names(names_));
      if (name.empty())  // as a rule pandas' index, which would be learnt like any other number
        throw bad_input("{}: a column has no name; name it or leave it out (pandas: to_csv(..., index=False))", path);
      if (column->second == kAmbiguous)
        throw bad_input("{}: several columns are called '{}'; give each its own name", path, name);
      found.push_back(column->second);
    }
    return found;
  }

 private:
  static constexpr auto kAmbiguous = static_cast<std::size_t>(-1);

  std::vector<std::string> names_;
  std::unordered_map<std::string, std::size_t> columns_;
};

/// An error that names the place and the value, which may be long.
Error wrong_field(const CsvRecords& records, std::size_t column, const Header& header, const std::string& what) {
  constexpr std::size_t most = 40;
  const std::string_view text = records[column];
  const std::string shown = fmt::format("'{}'{}", text.substr(0, most), text.size() > most ? "..." : "");
  return bad_input("{}: column '{}': {} {}", records.where(), header.names()[column], shown, what);
}

double number(const CsvRecords& records, std::size_t column, const Header& header) {
  const std::optional<double> value = parse_finite(trimmed(records[column]));
  if (!value) throw wrong_field(records, column, header, "is not a finite number");
  return *value;
}

std::vector<std::string> all_but(const std::vector<std::string>& names, const std::vector<std::string>& excluded) {
  std::vector<std::string> rest;
  for (const std::string& name : names)
    if (std::find(excluded.begin(), excluded.end(), name) == excluded.end()) rest.push_back(name);
  return rest;
}

/// Makes room for all numbers of a file of which the part `done` has given those that are there. Bad input where memory
/// does not hold them.
void make_room(const std::string& path, double done, std::vector<double>& values) {
  constexpr double kBytes = 12;      // a number, and then the same as float32 beside it
  constexpr double kHeadroom = 1.1;  // rows differ in length
  const auto there = static_cast<double>(values.size());
  const double expected = std::max(there / std::clamp(done, 1e-9, 1.0), kHeadroom * there);
  if (expected <= static_cast<double>(values.capacity())) return;
  require_memory(path, static_cast<std::uint64_t>(kHeadroom * kBytes * expected));
  values.reserve(static_cast<std::size_t>(kHeadroom * expected));
}

}  // namespace

Dataset read_csv(const std::string& path, const CsvQuery& query) {
  CsvRecords records(path);
  if (!records.next()) throw bad_input("{}: empty, where a line with the names of the columns is expected", path);
  const Header header(records);
  const bool classify = query.task == Task::classification;
  if (classify && query.targets.size() > 1)
    throw bad_input("{}: a classification has one target column, not {}: {}", path, query.targets.size(),
                    list_names(query.targets));

  DatasetInfo info;
  const std::vector<std::size_t> target_columns = header.find(path, query.targets);
  info.source = path;
  info.task = query.task;
  info.feature_names = query.features.empty() ? all_but(header.names(), query.targets) : query.features;
  info.feature_shape = {info.feature_names.size()};
  const std::vector<std::size_t> feature_columns = header.find(path, info.feature_names);

  Samples samples;
  ClassLabels labels(
      [&](std::uint64_t line) { return fmt::format("{}:{}: column '{}'", path, line, query.targets.front()); });
  double done = 0;  // of the file, when memory was last looked at
  for (; records.next(); ++info.samples) {
    if (records.done() != done) make_room(path, done = records.done(), samples.values);
    if (records.size() != header.names().size())
      throw bad_input("{}: {} fields, but the first line names {} columns", records.where(), records.size(),
                      header.names().size());
    for (const std::size_t column : feature_columns) samples.values.push_back(number(records, column, header));
    for (const std::size_t column : target_columns)
      if (classify)
        labels.add(trimmed(records[column]), records.line());
      else
        samples.targets.push_back(number(records, column, header));
  }
  check_sizes(info);
  if (classify && !query.targets.empty())
    labels.settle(query.classes, info, samples);
  else
    info.output_names = query.targets;
  return make_dataset(std::move(info), std::move(samples));
}

}  // namespace lockstep
