// Reads tables of numbers from CSV files.
#include "data/csv.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <unordered_map>

#include "base/error.hpp"
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

/// Numbers the classes as they are met, and puts them in order at the end.
class ClassNumbers {
 public:
  explicit ClassNumbers(const std::vector<std::string>& classes) : known_(!classes.empty()) {
    for (const std::string& name : classes) add(name);
  }

  /// The number of a class, or nothing when it is none of those that are known.
  std::optional<std::int32_t> find(std::string_view name) {
    name_ = name;  // keeps its memory, where a key made for each look-up would not
    const auto known = numbers_.find(name_);
    if (known != numbers_.end()) return known->second;
    if (known_) return std::nullopt;
    return add(name_);
  }

  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

  /// Unless the order was given: by value where all are integers, else by alphabet.
  void sort(std::vector<std::int32_t>& labels) {
    if (known_) return;
    const bool integers =
        std::all_of(names_.begin(), names_.end(), [](auto& name) { return parse<std::int64_t>(name); });
    std::sort(names_.begin(), names_.end(), [integers](const std::string& a, const std::string& b) {
      const std::int64_t left = integers ? *parse<std::int64_t>(a) : 0;
      const std::int64_t right = integers ? *parse<std::int64_t>(b) : 0;
      return left != right ? left < right : a < b;
    });
    std::vector<std::int32_t> place(names_.size());
    for (std::size_t i = 0; i < names_.size(); ++i)
      place[static_cast<std::size_t>(numbers_.at(names_[i]))] = static_cast<std::int32_t>(i);
    for (std::int32_t& label : labels) label = place[static_cast<std::size_t>(label)];
  }

 private:
  std::int32_t add(const std::string& name) {
    names_.push_back(name);
    return numbers_[name] = static_cast<std::int32_t>(names_.size() - 1);
  }

  bool known_;
  std::string name_;
  std::vector<std::string> names_;
  std::unordered_map<std::string, std::int32_t> numbers_;
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

std::int32_t label(const CsvRecords& records, std::size_t column, const Header& header, ClassNumbers& classes) {
  const std::string_view name = trimmed(records[column]);
  if (name.empty()) throw wrong_field(records, column, header, "is not a class");
  const std::optional<std::int32_t> found = classes.find(name);
  if (!found) throw wrong_field(records, column, header, "is none of the classes " + list_names(classes.names()));
  return *found;
}

std::vector<std::string> all_but(const std::vector<std::string>& names, const std::vector<std::string>& excluded) {
  std::vector<std::string> rest;
  for (const std::string& name : names)
    if (std::find(excluded.begin(), excluded.end(), name) == excluded.end()) rest.push_back(name);
  return rest;
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
  ClassNumbers classes(query.classes);
  for (; records.next(); ++info.samples) {
    if (records.size() != header.names().size())
      throw bad_input("{}: {} fields, but the first line names {} columns", records.where(), records.size(),
                      header.names().size());
    for (const std::size_t column : feature_columns) samples.values.push_back(number(records, column, header));
    for (const std::size_t column : target_columns)
      if (classify)
        samples.labels.push_back(label(records, column, header, classes));
      else
        samples.targets.push_back(number(records, column, header));
  }
  check_sizes(info);
  classes.sort(samples.labels);
  info.output_names = classify ? classes.names() : query.targets;
  return make_dataset(std::move(info), std::move(samples));
}

}  // namespace lockstep
