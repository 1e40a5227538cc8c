// Reads tables of numbers from CSV files.
#include "data/csv.hpp"

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "base/error.hpp"
#include "base/memory.hpp"
#include "data/checks.hpp"
#include "data/csv_records.hpp"
#include "data/csv_values.hpp"
#include "data/number.hpp"

namespace lockstep {

namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  if (!text.empty() && text.front() > ' ' && text.back() > ' ') return text;  // as a rule
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
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
        throw bad_input("{}: there is no column '{}' in it; its columns are {}{}", path, name, list_names(names_),
                        names_.size() == 1 ? "; columns are separated by commas" : "");
      if (name.empty())  // as a rule pandas' index, which would be learnt like
                         // any other number
        throw bad_input(
            "{}: a column has no name; name it or leave it out "
            "(pandas: to_csv(..., index=False))",
            path);
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

/// Bad input when the first line is one of numbers: without a header the first sample would be lost.
void check_header(const std::string& path, std::size_t line, const std::vector<std::string>& names,
                  const CsvQuery& query) {
  const auto is_target = [&](const std::string& name) {
    return std::find(query.targets.begin(), query.targets.end(), name) != query.targets.end();
  };
  const auto targets = std::count_if(names.begin(), names.end(), is_target);
  const auto numbers = std::count_if(names.begin(), names.end(),
                                     [&](const std::string& name) { return !is_target(name) && parse_field(name); });
  const bool found = targets >= static_cast<std::ptrdiff_t>(query.targets.size());
  if (numbers == 0 || (found && targets + numbers < static_cast<std::ptrdiff_t>(names.size()))) return;
  constexpr std::size_t most = 4;
  std::vector<std::string> example;
  for (std::size_t i = 1; i < names.size() && i < most; ++i) example.push_back(fmt::format("x{}", i));
  if (names.size() > most) example.emplace_back("...");
  throw bad_input(
      "{}:{}: the first line holds numbers, {}, where the names of the columns "
      "are expected; put a line with {} names "
      "before it, such as {},y, or give columns names that are no numbers",
      path, line, list_names(names), names.size(), fmt::join(example, ","));
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
  check_header(path, records.line(), header.names(), query);
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

  CsvValues values(path, query, info.feature_names, feature_columns, target_columns);
  CsvFaults& faults = values.faults();
  const auto field = [&](std::size_t column) { return trimmed(records[column]); };
  const auto is_gap = [&](std::size_t column) { return values.is_gap(field(column)); };
  Samples samples;
  ClassLabels labels(
      [&](std::uint64_t line) { return fmt::format("{}:{}: column '{}'", path, line, query.targets.front()); });
  double done = 0;  // of the file, when memory was last looked at
  std::uint64_t rows = 0;
  for (; records.next(); ++rows) {
    if (records.done() != done) make_room(path, done = records.done(), samples.values);
    if (records.size() != header.names().size())
      throw bad_input(
          "{}:{}: {} fields, but the first line names {} columns{}", path, records.line(), records.size(),
          header.names().size(),
          records.size() > header.names().size() ? "; numbers have decimal points, texts with commas quotes" : "");
    if (!faults.empty()) {  // nothing is kept any more
      samples.values.clear();
      samples.targets.clear();
    }
    if (std::ranges::any_of(values.complete(), is_gap)) continue;
    ++info.samples;
    if (!values.complete().empty()) samples.rows.push_back(static_cast<std::uint32_t>(rows));
    for (std::size_t i = 0; i < feature_columns.size(); ++i)
      samples.values.push_back(values.feature(i, field(feature_columns[i]), records.line()));
    for (std::size_t i = 0; i < target_columns.size(); ++i)
      if (const std::string_view text = field(target_columns[i]); !classify)
        samples.targets.push_back(values.target(i, text, records.line()));
      else if (values.is_own_gap(text))
        faults.add(target_columns[i], records.line(), text, true);
      else
        labels.add(text, records.line());
  }
  if (rows > info.samples)
    info.notes.push_back(note_left_out(path, rows - info.samples, rows));
  else
    samples.rows.clear();
  check_sizes(info);
  const bool with_classes = classify && !query.targets.empty();
  if (!with_classes) info.output_names = query.targets;
  std::string more;
  try {
    if (with_classes) labels.settle(query.classes, info, samples);
  } catch (const Error& error) {
    if (faults.empty()) throw;
    more = error.what();
  }
  if (!faults.empty()) throw faults.error(path, header.names(), more);
  values.settle(info, samples.values);
  return make_dataset(std::move(info), std::move(samples));
}

}  // namespace lockstep
