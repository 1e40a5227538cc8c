// Reads tables of numbers from CSV files.
#include "data/csv.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/memory.hpp"
#include "data/checks.hpp"
#include "data/csv_dialect.hpp"
#include "data/csv_file.hpp"
#include "data/field_values.hpp"
#include "data/number.hpp"

namespace lockstep {

namespace {

/// Makes room for all numbers of files of which the part `done` has given those that are there. Bad input where memory
/// does not hold them.
void make_room(const std::string& source, double done, std::vector<double>& values) {
  constexpr double kHeadroom = 1.1;   // rows differ in length
  constexpr double kBlock = 1 << 19;  // more numbers than the next block of text has
  const auto there = static_cast<double>(values.size());
  const double expected = std::max(there / std::clamp(done, 1e-9, 1.0), there + kBlock);
  if (expected <= static_cast<double>(values.capacity())) return;
  require_memory(source, static_cast<std::uint64_t>(kHeadroom * sizeof(double) * expected));
  values.reserve(static_cast<std::size_t>(kHeadroom * expected));
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

/// A column that is carried along.
struct Carried {
  std::string name;
  std::vector<std::string> texts;
};

/// Reads files one after the other.
class CsvReader {
 public:
  CsvReader(const std::vector<std::string>& paths, const CsvQuery& query)
      : paths_(paths),
        query_(query),
        first_(paths.front(), query),
        values_(field_values()),
        labels_([this](std::uint64_t line) {
          return fmt::format("{}: column '{}'", where(line), first_.columns.names()[first_.targets.front()]);
        }) {
    if (classify_ && query.targets.size() > 1)
      throw bad_input("{}: a classification has one target column, not {}: {}", paths.front(), query.targets.size(),
                      list_names(query.targets));
    info_.source = FileList(paths).text();
    info_.task = query.task;
    info_.dialect = describe(first_.records.dialect());
    info_.feature_shape = {first_.features.size()};
    // By position, match_features() takes them in their order.
    if (!first_.by_position) info_.feature_names = first_.names_at(first_.features);
    for (const std::size_t column : first_.kept) kept_.push_back({first_.columns.called(column), {}});
    if (first_.columns.has_row_names() && query.features.empty())
      info_.notes.push_back(
          fmt::format("the first line of {} has no name for the first column, which is taken for the names of the rows "
                      "and left out",
                      paths.front()));
    note_numbers_as_names(paths.front(), query, first_.columns, info_);
  }
  CsvReader(const CsvReader&) = delete;
  CsvReader& operator=(const CsvReader&) = delete;
  ~CsvReader() = default;

  /// All of it; with `use`, by parts of at most `rows` samples, but for the last one.
  void read(std::uint64_t rows = 0, const UsePart& use = {}) {
    part_rows_ = rows;
    use_ = use;
    read(paths_.front(), first_);
    // Columns of further files are those of the first one, by its names, which their headers have to have.
    CsvQuery query = query_;
    if (!first_.by_position) query.features = first_.names_at(first_.features);
    query.targets = first_.names_at(first_.targets);
    query.kept = first_.names_at(first_.kept);
    if (!query.group.empty()) query.group = first_.names_at(first_.group).front();
    if (!query.weights.empty()) query.weights = first_.names_at(first_.weights).front();
    for (const std::string& path : std::span(paths_).subspan(1)) {
      CsvFile file(path, query);
      if (const std::string dialect = describe(file.records.dialect()); dialect != info_.dialect)
        info_.notes.push_back(
            fmt::format("{} is read as CSV with {}", path, dialect.empty() ? "commas and a header" : dialect));
      read(path, file);
    }
  }

  /// What has been read.
  [[nodiscard]] Dataset settled() {
    finish();
    if (has_classes()) settle([&] { labels_.settle(query_.classes, info_, samples_); });
    throw_faults();
    values_.keep_words(samples_.values);
    values_.settle(info_, samples_.values);
    Dataset data = make_dataset(std::move(info_), std::move(samples_));
    data.kept = take_kept();
    return data;
  }

  /// The same of parts, of which the last one is given now.
  [[nodiscard]] PartsRead settled_parts() {
    give_part();
    finish();
    std::vector<std::int32_t> classes;
    if (has_classes()) settle([&] { classes = labels_.classes(query_.classes, info_); });
    throw_faults();
    std::vector<std::vector<std::string>> words = values_.words();
    values_.settle(info_, samples_.values);
    return {std::move(info_), std::move(classes), std::move(words)};
  }

 private:
  [[nodiscard]] std::string where(std::uint64_t line) const {
    const auto [path, own_line] = place_in(lines_, line);
    return fmt::format("{}:{}", path, own_line);
  }

  [[nodiscard]] FieldValues field_values() {
    const auto table_columns = [&](const std::vector<std::string>& names, const std::vector<std::size_t>& places) {
      std::vector<TableColumn> columns;
      for (std::size_t i = 0; i < places.size(); ++i) columns.push_back({names[i], places[i]});
      return columns;
    };
    const bool known = !query_.features.empty();
    FieldRules rules{query_.gaps, query_.words, known ? &query_.feature_words : nullptr, query_.targets.empty(), {}};
    return {paths_.front(), [this](std::uint64_t line) { return where(line); }, std::move(rules),
            table_columns(known ? query_.features : first_.names_at(first_.features), first_.features),
            table_columns(query_.targets, first_.targets)};
  }

  /// True for a record without a value that it must have.
  [[nodiscard]] bool is_left_out(const CsvFile& file, const CsvRow& row) const {
    const auto is_gap = [&](const std::vector<std::size_t>& columns) {
      return [&](std::size_t i) { return values_.is_gap(row[columns[i]].text); };
    };
    return std::ranges::any_of(values_.needed_features(), is_gap(file.features)) ||
           std::ranges::any_of(values_.needed_targets(), is_gap(file.targets));
  }

  void read(const std::string& path, CsvFile& file) {
    lines_.push_back({path, lines_before_});
    if (paths_.size() > 1) info_.files.push_back({path, rows_});
    double done = -1;  // of the file, when memory was last looked at
    file.records.for_each(query_.helpers, [&](const CsvRow& row) {
      if (!use_ && file.records.done() != done) {
        done = file.records.done();
        make_room(info_.source, (static_cast<double>(lines_.size() - 1) + done) / static_cast<double>(paths_.size()),
                  samples_.values);
      }
      file.columns.check_width(row);
      if (!is_left_out(file, row)) add_sample(file, row);
      if (use_ && samples_.values.size() >= part_rows_ * file.features.size()) give_part();
      ++rows_;
    });
    lines_before_ += file.records.lines() + 1;
  }

  void add_sample(const CsvFile& file, const CsvRow& row) {
    const std::uint64_t line = lines_before_ + row.line;
    if (!values_.faults().empty()) {  // nothing is kept any more
      samples_.values.clear();
      samples_.targets.clear();
      samples_.weights.clear();
      samples_.groups.clear();
      static_cast<void>(take_kept());
    }
    ++info_.samples;
    if (!values_.needed_features().empty() || !values_.needed_targets().empty())
      samples_.rows.push_back(static_cast<std::uint32_t>(rows_));
    for (std::size_t i = 0; i < file.features.size(); ++i)
      samples_.values.push_back(values_.feature(i, row[file.features[i]], line));
    for (std::size_t i = 0; i < file.weights.size(); ++i)
      samples_.weights.push_back(values_.weight(first_.weights[i], row[file.weights[i]], line));
    for (const std::size_t column : file.group) samples_.groups.push_back(values_.group(row[column].text, line));
    for (std::size_t i = 0; i < file.kept.size(); ++i) kept_[i].texts.emplace_back(row[file.kept[i]].text);
    for (std::size_t i = 0; i < file.targets.size(); ++i)
      if (const Field& field = row[file.targets[i]]; !classify_)
        samples_.targets.push_back(values_.target(i, field, line));
      else if (values_.is_own_gap(field.text))
        values_.faults().add(first_.targets[i], line, field.text, true);
      else
        labels_.add(field.text, line);
  }

  void give_part() {
    if (samples_.values.empty() || !values_.faults().empty()) return;
    samples_.labels = labels_.take_numbers();
    samples_.rows.clear();
    values_.keep_words(samples_.values);
    Dataset part = make_dataset(info_, std::exchange(samples_, {}));
    part.info.samples = part.values.size() / part.info.features();
    part.info.feature_words = values_.words();
    part.kept = take_kept();
    use_(std::move(part));
  }

  [[nodiscard]] std::vector<KeptColumn> take_kept() {
    std::vector<KeptColumn> kept;
    for (Carried& column : kept_) kept.push_back({column.name, std::exchange(column.texts, {})});
    return kept;
  }

  [[nodiscard]] bool has_classes() const { return classify_ && !query_.targets.empty(); }

  void finish() {
    if (rows_ > info_.samples)
      info_.notes.push_back(note_left_out(info_.source, rows_ - info_.samples, rows_));
    else
      samples_.rows.clear();
    check_sizes(info_);
    if (!has_classes()) info_.output_names = first_.names_at(first_.targets);
  }

  /// Calls what settles the classes. Where there are faults as well, its error is told after them.
  template <class Settle>
  void settle(const Settle& settle_classes) {
    try {
      settle_classes();
    } catch (const Error& error) {
      if (values_.faults().empty()) throw;
      also_ = error.what();
    }
  }

  void throw_faults() {
    if (!values_.faults().empty())
      throw values_.faults().error(
          info_.source, [this](std::uint64_t line) { return where(line); }, first_.columns.names(), also_);
  }

  const std::vector<std::string>& paths_;
  const CsvQuery& query_;
  bool classify_ = query_.task == Task::classification;
  CsvFile first_;
  FieldValues values_;
  ClassLabels labels_;
  std::vector<SourceFile> lines_;  // of all files, counted through
  std::uint64_t lines_before_ = 0;
  std::uint64_t rows_ = 0;
  DatasetInfo info_;
  Samples samples_;
  std::vector<Carried> kept_;
  std::uint64_t part_rows_ = 0;
  UsePart use_;       // empty: samples stay in memory
  std::string also_;  // is wrong, beside the faults
};

}  // namespace

CsvQuery csv_query(const DataQuery& query) {
  const DataOptions& options = query.options;
  CsvQuery csv;
  csv.dialect = options.dialect;
  csv.columns = options.columns;
  csv.gaps = options.gaps;
  csv.words = options.words;
  csv.helpers = query.helpers;
  if (query.known != nullptr) {
    csv.features = query.known->feature_names;
    csv.feature_words = query.known->feature_words;
  }
  csv.kept = query.keep;
  if (query.features_only) return csv;
  if (options.target.empty())
    throw bad_input("{}: data.target must name the column to learn", options.train.path.text());
  csv.choice = {options.features, options.ignore};
  csv.targets = options.target;
  csv.weights = options.weights;
  csv.group = query.group;
  csv.classes = query.classes;
  csv.task = query.classify ? Task::classification : Task::regression;
  return csv;
}

Dataset read_csv(const std::vector<std::string>& paths, const CsvQuery& query) {
  CsvReader reader(paths, query);
  reader.read();
  return reader.settled();
}

PartsRead read_csv_in_parts(const std::vector<std::string>& paths, const CsvQuery& query, std::uint64_t rows,
                            const UsePart& use) {
  CsvReader reader(paths, query);
  reader.read(rows, use);
  return reader.settled_parts();
}

}  // namespace lockstep
