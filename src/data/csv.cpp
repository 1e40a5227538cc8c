// Reads tables of numbers from CSV files.
#include "data/csv.hpp"

#include <algorithm>
#include <numeric>
#include <optional>

#include "base/error.hpp"
#include "base/memory.hpp"
#include "data/checks.hpp"
#include "data/csv_columns.hpp"
#include "data/csv_dialect.hpp"
#include "data/csv_records.hpp"
#include "data/csv_values.hpp"
#include "data/number.hpp"

namespace lockstep {

namespace {

/// A column that may be named or not, as a list.
std::vector<std::string> list_of(const std::string& name) {
  return std::vector<std::string>(name.empty() ? 0 : 1, name);
}

/// The columns that are no features: targets, weights and groups.
std::vector<std::string> other_columns_of(const CsvQuery& query) {
  std::vector<std::string> columns = query.targets;
  for (const std::string& name : {query.weights, query.group})
    if (!name.empty()) columns.push_back(name);
  return columns;
}

/// A column that is carried along.
struct Carried {
  std::size_t column;
  std::vector<std::string> texts;
};

/// The names of the columns that a configuration chooses as features: never of other columns, and not the names of
/// rows.
std::vector<std::string> chosen_features(const std::string& path, const CsvColumns& columns, const CsvQuery& query) {
  std::vector<std::size_t> others = columns.find(other_columns_of(query));
  if (columns.has_row_names()) others.push_back(0);
  const std::vector<bool> chosen = columns.fitting(query.chosen, "data.features");
  const std::vector<bool> ignored = columns.fitting(query.ignored, "data.ignore");
  std::vector<std::string> names;
  for (std::size_t i = 0; i < columns.size(); ++i)
    if ((query.chosen.empty() || chosen[i]) && !ignored[i] && std::ranges::find(others, i) == others.end())
      names.push_back(columns.names()[i]);
  if (names.empty() && columns.size() > others.size())
    throw bad_input("{}: data.features and data.ignore leave no column to learn from; its columns are {}", path,
                    list_names(columns.names()));
  return names;
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

/// The names that a header has to have: those of columns that are not chosen by number.
std::vector<std::string> names_in_header(const CsvQuery& query) {
  std::vector<std::string> names = query.features;
  for (const std::string& name : other_columns_of(query))
    if (!parse_number(name)) names.push_back(name);
  return names;
}

/// Names that are numbers may be those of a sample, which is then lost: a note where they are not 0, 1, 2 and so on.
void note_numbers_as_names(const std::string& path, const CsvQuery& query, const CsvColumns& columns,
                           DatasetInfo& info) {
  if (!columns.named() || query.dialect.header != HeaderLine::automatic) return;
  std::vector<std::string> numbers;
  bool counted = true;
  for (const std::string& name : columns.names()) {
    if (!parse_number(name)) continue;
    numbers.push_back(name);
    counted = counted && name == std::to_string(numbers.size() - 1);
  }
  if (numbers.empty() || counted) return;
  info.notes.push_back(fmt::format(
      "the first line of {} is taken for the names of its columns, and {} {}; if it is a sample, give data.header = "
      "false",
      path, list_names(numbers), numbers.size() == 1 ? "is a number" : "are numbers"));
}

/// The columns of the features, whose names are put into `info`. Where the file or the training data have no names,
/// known features are taken by position, if that is possible.
std::vector<std::size_t> feature_columns(const CsvQuery& query, const CsvColumns& columns, DatasetInfo& info) {
  info.feature_names = query.features.empty() ? chosen_features(info.source, columns, query) : query.features;
  const bool by_position = !query.features.empty() && query.targets.empty() && !columns.have(query.features) &&
                           columns.size() == query.features.size() && (!columns.named() || are_made_up(query.features));
  if (!by_position) return columns.find(info.feature_names);
  info.feature_names.clear();  // match_features() takes them in their order then
  std::vector<std::size_t> all(columns.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

}  // namespace

Dataset read_csv(const std::string& path, const CsvQuery& query) {
  CsvRecords records(path, query.dialect, names_in_header(query));
  if (!records.next()) throw bad_input("{}: empty, where a table is expected", path);
  const ToldDialect& dialect = records.dialect();
  const bool known_features = !query.features.empty() && query.targets.empty();
  // Given names are those of the training data, which have targets as well.
  const bool other_columns = known_features && records.size() != query.columns.size();
  const CsvColumns columns(path, records, query.dialect, other_columns ? std::vector<std::string>() : query.columns);
  const bool classify = query.task == Task::classification;
  if (classify && query.targets.size() > 1)
    throw bad_input("{}: a classification has one target column, not {}: {}", path, query.targets.size(),
                    list_names(query.targets));

  DatasetInfo info;
  info.source = path;
  info.task = query.task;
  info.dialect = describe(dialect);
  const std::vector<std::size_t> targets = columns.find(query.targets);
  const std::vector<std::size_t> weights = columns.find(list_of(query.weights));
  const std::vector<std::size_t> group = columns.find(list_of(query.group));
  std::vector<Carried> carried;
  const std::vector<bool> kept = columns.fitting(query.kept, "--keep");
  for (std::size_t i = 0; i < columns.size(); ++i)
    if (kept[i]) carried.push_back({i, {}});
  const std::vector<std::size_t> features = feature_columns(query, columns, info);
  info.feature_shape = {features.size()};
  if (columns.has_row_names() && query.features.empty())
    info.notes.push_back(fmt::format(
        "the first line of {} has no name for the first column, which is taken for the names of the rows and left out",
        path));
  note_numbers_as_names(path, query, columns, info);

  CsvValues values(path, query, dialect.decimal, query.features.empty() ? info.feature_names : query.features, features,
                   targets);
  CsvFaults& faults = values.faults();
  const auto is_gap = [&](std::size_t column) { return values.is_gap(records[column]); };
  Samples samples;
  ClassLabels labels([&](std::uint64_t line) {
    return fmt::format("{}:{}: column '{}'", path, line, columns.names()[targets.front()]);
  });
  double done = -1;  // of the file, when memory was last looked at
  std::uint64_t rows = 0;
  bool more = dialect.header == HeaderLine::no || records.next();
  for (; more; more = records.next(), ++rows) {
    if (records.done() != done) make_room(path, done = records.done(), samples.values);
    columns.check_width(records);
    if (!faults.empty()) {  // nothing is kept any more
      samples.values.clear();
      samples.targets.clear();
      samples.weights.clear();
      samples.groups.clear();
    }
    if (std::ranges::any_of(values.complete(), is_gap)) continue;
    ++info.samples;
    if (!values.complete().empty()) samples.rows.push_back(static_cast<std::uint32_t>(rows));
    for (std::size_t i = 0; i < features.size(); ++i)
      samples.values.push_back(values.feature(i, records[features[i]], records.line()));
    for (const std::size_t column : weights)
      samples.weights.push_back(values.weight(column, records[column], records.line()));
    for (const std::size_t column : group) samples.groups.push_back(values.group(records[column], records.line()));
    for (Carried& column : carried) column.texts.emplace_back(records[column.column]);
    for (std::size_t i = 0; i < targets.size(); ++i)
      if (const std::string_view text = records[targets[i]]; !classify)
        samples.targets.push_back(values.target(i, text, records.line()));
      else if (values.is_own_gap(text))
        faults.add(targets[i], records.line(), text, true);
      else
        labels.add(text, records.line());
  }
  if (rows > info.samples)
    info.notes.push_back(note_left_out(path, rows - info.samples, rows));
  else
    samples.rows.clear();
  check_sizes(info);
  const bool with_classes = classify && !query.targets.empty();
  if (!with_classes)
    for (const std::size_t column : targets) info.output_names.push_back(columns.names()[column]);
  std::string also;
  try {
    if (with_classes) labels.settle(query.classes, info, samples);
  } catch (const Error& error) {
    if (faults.empty()) throw;
    also = error.what();
  }
  if (!faults.empty()) throw faults.error(path, columns.names(), also);
  values.settle(info, samples.values);
  Dataset data = make_dataset(std::move(info), std::move(samples));
  for (Carried& column : carried) data.kept.push_back({columns.called(column.column), std::move(column.texts)});
  return data;
}

}  // namespace lockstep
