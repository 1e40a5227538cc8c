// From the section [data] of a configuration to data sets in memory.
#include "data/load.hpp"

#include <algorithm>
#include <set>

#include "base/counted.hpp"
#include "base/error.hpp"
#include "data/checks.hpp"
#include "data/feature_range.hpp"
#include "data/formats/list.hpp"
#include "data/match.hpp"
#include "data/split.hpp"
#include "data/weights.hpp"

namespace lockstep {

namespace {

/// The parts of a set, file by file.
std::vector<DataPart> parts_of(const DataFile& file) {
  const std::vector<std::string> paths = file.path.files();
  std::vector<DataPart> parts;
  for (const std::string& path : paths) parts.push_back({path, {}, {}});
  for (const auto& [outputs, own] :
       {std::pair(&file.labels, &DataPart::labels), std::pair(&file.targets, &DataPart::targets)}) {
    if (outputs->empty()) continue;
    const std::vector<std::string> others = outputs->files();
    if (others.size() != paths.size())
      throw bad_input("{} are {} files, and {} are {}; give as many, in the same order", file.path.text(), paths.size(),
                      outputs->text(), others.size());
    for (std::size_t i = 0; i < others.size(); ++i) parts[i].*own = others[i];
  }
  return parts;
}

Dataset read_parts_of(DataFormat format, const std::vector<DataPart>& parts, const DataQuery& query) {
  return Formats::visit(format, [&](auto entry) { return decltype(entry)::type::read(parts, query); });
}

/// Reads the training set, or with `train` given a test set that has its classes; all samples of it. `known` are the
/// features that a table has to have; nullptr: any.
Dataset read_all(const DataOptions& options, const DataFile& file, bool classify, const DatasetInfo* train,
                 const DatasetInfo* known, const Helpers& helpers) {
  DataQuery query(options, file.names);
  query.helpers = helpers;
  query.classes = train != nullptr ? classes_of(*train) : KnownClasses{options.classes, {}, false};
  query.known = known;
  query.classify = classify;
  if (train == nullptr) query.group = options.group;
  Dataset data = read_parts_of(options.format, parts_of(file), query);
  if (known != nullptr) match_features(data, *known);
  if (train != nullptr) match_targets(data, *train);
  return data;
}

/// The same without samples that weigh nothing.
Dataset read_set(const DataOptions& options, const DataFile& file, bool classify, const DatasetInfo* train,
                 const DatasetInfo* known, const Helpers& helpers) {
  Dataset data = read_all(options, file, classify, train, known, helpers);
  data.info.weights = options.weights;
  if (!options.weights.empty()) settle_weights(data);
  return data;
}

void check_task(const DatasetInfo& info, bool classify) {
  if (classify && info.task == Task::regression)
    throw bad_input(
        "{}: has targets but no labels; a classification needs labels, and a regression train.loss = \"mse\" "
        "and no data.classes",
        info.source);
}

void check_outputs(const DatasetInfo& info, bool classify) {
  check_task(info, classify);
  std::vector<std::string> names = info.output_names;
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice != names.end())
    throw bad_input("{}: '{}' stands twice among its {}; give each its own name", info.source, *twice,
                    info.task == Task::classification ? "classes" : "targets");
}

std::string describe_sample(const DatasetInfo& info) {
  if (info.feature_shape.size() == 1) return counted(info.feature_shape.front(), "number");
  return fmt::format("{} {}", fmt::join(info.feature_shape, " x "),
                     info.bytes && info.is_image() ? "unsigned bytes" : "numbers");
}

void check_same_features(const DatasetInfo& info, const DatasetInfo& train) {
  if (info.feature_shape != train.feature_shape || (info.is_image() && info.bytes != train.bytes))
    throw bad_input("{}: a sample is {}, but in the training data, {}, it is {}", info.source, describe_sample(info),
                    train.source, describe_sample(train));
  for (std::size_t c = 0; c < train.features(); ++c)
    if (info.is_of_words(c) && !train.is_of_words(c))
      throw bad_input("{}: {} has words, and in the training data, {}, it has numbers; give a file with numbers",
                      info.source, feature_name(train, c), train.source);
    else if (train.is_of_words(c) && !info.is_of_words(c))
      throw bad_input("{}: {} has numbers, and in the training data, {}, it has words; give a file with words",
                      info.source, feature_name(train, c), train.source);
}

void check_same_outputs(const DatasetInfo& test, const DatasetInfo& train) {
  if (test.task != train.task || test.output_names != train.output_names)
    throw bad_input("{}: its labels or targets are not of the same kind and number as those of the training data, {}",
                    test.source, train.source);
}

/// A note on how a CSV file is written, unless that is plain or as in the training data, of which it is said elsewhere.
void note_dialect(DatasetInfo& info, const std::string& known) {
  if (!info.dialect.empty() && info.dialect != known)
    info.notes.push_back(fmt::format("{} is read as CSV with {}", info.source, info.dialect));
}

/// Reads a set that is no training set, with the classes, features and targets of one.
Dataset read_other_set(const DataOptions& options, const DataFile& file, const DatasetInfo& train,
                       const Helpers& helpers) {
  Dataset data = read_set(options, file, train.task == Task::classification, &train, &train, helpers);
  check_same_features(data.info, train);
  check_same_outputs(data.info, train);
  note_dialect(data.info, train.dialect);
  return data;
}

/// What is asked of the reader of training data that are read part by part.
DataQuery training_query(const DataOptions& options, bool cross_entropy, const DatasetInfo* known) {
  DataQuery query(options, options.train.names);
  query.known = known;
  query.classify = cross_entropy || !options.classes.empty();
  query.classes.names = options.classes;
  query.group = options.group;
  return query;
}

DataParts read_parts(const DataOptions& options, bool cross_entropy, std::uint64_t seed, const DatasetInfo* known,
                     bool test_by_class, const Helpers& helpers) {
  const bool classify = cross_entropy || !options.classes.empty();
  const bool has_test = !options.test.path.empty();
  if (!has_test && !(options.test_fraction > 0 && options.test_fraction < 1))
    throw bad_input("data.test must name the test data, or data.test_fraction, between 0 and 1, a part of {}",
                    options.train.path.text());

  DataParts parts;
  parts.train = read_set(options, options.train, classify, nullptr, known, helpers);
  check_outputs(parts.train.info, classify);
  if (known != nullptr) check_same_features(parts.train.info, *known);
  parts.test = has_test ? read_other_set(options, options.test, parts.train.info, helpers)
                        : take_part(parts.train, Part::test, options.test_fraction, seed, test_by_class);
  if (!options.validation.path.empty())
    parts.validation = read_other_set(options, options.validation, parts.train.info, helpers);
  else if (options.validation_fraction > 0)
    parts.validation = take_part(parts.train, Part::validation, options.validation_fraction, seed);
  parts.train.groups = {};
  return parts;
}

}  // namespace

DataParts load_parts(const DataOptions& options, bool cross_entropy, std::uint64_t seed, const DatasetInfo* known,
                     bool test_by_class, const Helpers& helpers) {
  DataParts parts = read_parts(options, cross_entropy, seed, known, test_by_class, helpers);
  if (const auto empty = empty_classes(parts.train.info, parts.train.labels); !empty.empty())
    parts.train.info.notes.push_back(note_on_empty_classes(empty));
  for (Dataset* dataset : {&parts.train, &parts.test}) dataset->info.digest = digest_samples(*dataset);
  if (!parts.validation) return parts;
  DatasetInfo& validation = parts.validation->info;
  validation.digest = digest_samples(*parts.validation);
  if (validation.digest == parts.train.info.digest)
    validation.notes.push_back(fmt::format(
        "{} holds the training samples: as validation set it cannot tell what is learnt by heart", validation.source));
  if (validation.digest == parts.test.info.digest)
    validation.notes.push_back(fmt::format(
        "{} holds the test samples: what is chosen by them scores better on them than it is", validation.source));
  return parts;
}

Dataset load_test(const DataOptions& options, const DatasetInfo& train, const Helpers& helpers) {
  return load_other(options, options.test, train, helpers);
}

Dataset load_other(const DataOptions& options, const DataFile& file, const DatasetInfo& train, const Helpers& helpers) {
  Dataset data = read_other_set(options, file, train, helpers);
  data.info.digest = digest_samples(data);
  return data;
}

PartsRead load_in_parts(const DataOptions& options, bool cross_entropy, std::uint64_t rows, const UsePart& use,
                        const Helpers& helpers) {
  DataQuery query = training_query(options, cross_entropy, nullptr);
  query.helpers = helpers;
  PartsRead read = Formats::visit(options.format, [&](auto entry) {
    return decltype(entry)::type::read_in_parts(parts_of(options.train), query, rows, use);
  });
  check_outputs(read.info, query.classify);
  return read;
}

std::unique_ptr<RowReader> open_rows(const DataOptions& options, bool cross_entropy, const DatasetInfo* known) {
  const DataQuery query = training_query(options, cross_entropy, known);
  const std::vector<DataPart> parts = parts_of(options.train);
  std::unique_ptr<RowReader> reader =
      Formats::visit(options.format, [&](auto entry) { return decltype(entry)::type::open_rows(parts, query); });
  check_task(reader->info(), query.classify);
  if (known != nullptr) check_same_features(reader->info(), *known);
  return reader;
}

DatasetInfo load_features(const FeatureFile& file, const DataOptions& options, const DatasetInfo& expected,
                          std::uint64_t rows, const UsePart& use, const Helpers& helpers) {
  DataQuery query(options, {});
  query.helpers = helpers;
  query.known = &expected;
  query.features_only = true;
  query.keep = file.keep;
  for (const DataFile* other : {&options.train, &options.test, &options.validation})
    query.other_names.push_back(array_names(other->names, options.names));
  query.other_names.push_back(array_names({}, {}));
  const auto match = [&](Dataset& data) {
    match_features(data, expected);
    note_dialect(data.info, {});
    check_same_features(data.info, expected);
  };
  std::uint64_t next = 0;  // number of a sample
  const auto use_matched = [&](Dataset part) {
    match(part);
    check_kept(part.kept, expected);
    number_rows(part, next, part.info.samples);
    next += part.info.samples;
    use(std::move(part));
  };
  Dataset all;
  all.info = Formats::visit(file.format, [&](auto entry) {
               return decltype(entry)::type::read_in_parts({{file.path, {}, {}}}, query, rows, use_matched);
             }).info;
  match(all);
  return std::move(all.info);
}

void check_kept(const std::vector<KeptColumn>& kept, const DatasetInfo& trained) {
  std::set<std::string> taken(trained.output_names.begin(), trained.output_names.end());
  taken.insert({"sample", "class"});
  for (const KeptColumn& column : kept)
    if (!taken.insert(column.name).second)
      throw bad_input("--{}: another column of the predictions is called '{}'; rename that one, or leave this away",
                      column.name == kOutsideColumn ? "out-of-range" : "keep", column.name);
}

DataFormat recognise_format(const std::string& path) {
  std::optional<DataFormat> found;  // the last format recognises what no other does
  Formats::for_each([&](auto entry) {
    using Format = typename decltype(entry)::type;
    if (!found && Format::recognises(path)) found = Formats::kValueOf<Format>;
  });
  return found.value_or(Formats::kValueOf<CsvFormat>);
}

}  // namespace lockstep
