// Reads data sets from HDF5 files, as h5py and others write them.
#include "data/hdf5_table.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "base/hdf5.hpp"
#include "base/memory.hpp"
#include "data/checks.hpp"
#include "data/hdf5_column.hpp"
#include "data/match.hpp"
#include "data/utf8.hpp"

namespace lockstep {

namespace {

using Shape = Hdf5File::Shape;
using Strings = std::vector<std::string>;

/// Bad input that says which shape is `expected`, unless the array's shape is `right`.
void check_shape(const Hdf5File& file, const std::string& name, bool right, const char* expected) {
  if (right) return;
  throw bad_input("{}: the shape of '{}' is ({}), where {} is expected", file.path().string(), name,
                  fmt::join(file.shape(name), ", "), expected);
}

/// Bad input, with the remedy, unless `features` has a row for each sample.
void check_features(const Hdf5File& file, const Shape& shape) {
  if (shape.size() == 1)
    throw bad_input(
        "{}: the shape of 'features' is ({}), where (samples, features...) is expected; if each sample has one number, "
        "make it a column (NumPy: features.reshape(-1, 1))",
        file.path().string(), shape.front());
  check_shape(file, "features", shape.size() >= 2, "(samples, features...)");
  for (const char* name : {"labels", "targets"}) {
    if (!file.has(name) || shape.size() != 2) continue;
    const Shape others = file.shape(name);
    if (!others.empty() && others.front() == shape[1] && shape[0] != shape[1])
      throw bad_input(
          "{}: the shape of 'features' is ({}), with a column, not a row, for each of the {} {}; turn it (NumPy: "
          "features.T)",
          file.path().string(), fmt::join(shape, ", "), others.front(), name);
  }
}

/// Bad input, with the place, where a text is not UTF-8: it could not be written anywhere else.
Strings as_utf8(const Hdf5File& file, const std::string& name, Strings texts) {
  for (std::size_t i = 0; i < texts.size(); ++i)
    if (!is_utf8(texts[i]))
      throw bad_input("{}: text {} of '{}' is not UTF-8; write it as UTF-8 (h5py: dtype=h5py.string_dtype())",
                      file.path().string(), i, name);
  return texts;
}

/// The names of the columns of `array`: a list of texts in the file, or an attribute of the array. Empty where there
/// are none.
Strings read_names(const Hdf5File& file, const std::string& array, const std::string& list, std::size_t columns) {
  Strings names;
  if (file.has(list))
    names = as_utf8(file, list, file.read_strings(list));
  else if (file.has_attribute(array, list))
    names = as_utf8(file, list, file.read_strings(array, list));
  else
    return names;
  if (names.size() != columns)
    throw bad_input("{}: '{}' has {} names, but '{}' has {} columns; give each column its name", file.path().string(),
                    list, names.size(), array, columns);
  Strings sorted = names;
  std::sort(sorted.begin(), sorted.end());
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
  if (twice != sorted.end())
    throw bad_input("{}: '{}' has the name '{}' twice; give each column its own name", file.path().string(), list,
                    *twice);
  if (sorted.front().empty())
    throw bad_input("{}: '{}' has a name without a letter; give each column a name", file.path().string(), list);
  return names;
}

/// An array of numbers with `width` of them a sample, whose columns have these names, if any. Without a rule, and by
/// the rule `error`, a column has no gaps.
std::vector<double> read_numbers(const Hdf5File& file, const std::string& name, std::size_t width,
                                 const Strings& columns, const std::vector<Missing>& rules) {
  std::vector<double> values = file.read<double>(name);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isfinite(values[i])) continue;
    const std::size_t column = i % width;
    const bool gap = std::isnan(values[i]);
    if (gap && !rules.empty() && rules[column] != Missing::error) continue;
    throw bad_input("{}: '{}' of sample {}, column {}, is {}, which is not a finite number; clean the data first{}",
                    file.path().string(), name, i / width,
                    columns.empty() ? std::to_string(column) : fmt::format("'{}'", columns[column]), values[i],
                    gap && !rules.empty() ? ", or give data.missing" : "");
  }
  return values;
}

/// Labels as rows of zeros with a one in the column of the class.
void add_one_hot(const Hdf5File& file, std::size_t classes, ClassLabels& labels) {
  const std::vector<double> values = file.read<double>("labels");
  for (std::size_t begin = 0; begin < values.size(); begin += classes) {
    const auto row = std::span(values).subspan(begin, classes);
    const auto one = std::find(row.begin(), row.end(), 1.0);
    if (one == row.end() || std::count(row.begin(), row.end(), 0.0) != static_cast<std::ptrdiff_t>(classes) - 1)
      throw bad_input(
          "{}: the labels of sample {} are {}, where one of each sample's {} columns is 1 and the others are 0 "
          "(one-hot "
          "labels), or one column with the number or the name of the class",
          file.path().string(), begin / classes, fmt::join(row.first(std::min<std::size_t>(classes, 10)), ", "),
          classes);
    labels.add(std::int64_t{one - row.begin()});
  }
}

void add_enumeration(const Hdf5File& file, KnownClasses& known, ClassLabels& labels) {
  const auto members = file.enum_members("labels");
  const bool named = !known.names.empty();
  if (!named) {
    for (const auto& [value, name] : members) {
      known.names.push_back(name);
      known.values.push_back(static_cast<double>(value));
    }
    known.names = as_utf8(file, "labels", std::move(known.names));
  }
  for (const std::int64_t value : file.read<std::int64_t>("labels")) {
    const auto member =
        std::find_if(members.begin(), members.end(), [value](const auto& other) { return other.first == value; });
    if (named && member != members.end())
      labels.add(member->second);
    else
      labels.add(value);
  }
}

void read_labels(const Hdf5File& file, std::size_t samples_in_file, KnownClasses known, DatasetInfo& info,
                 Samples& samples) {
  const Shape shape = file.shape("labels");
  const bool column = shape == Shape{samples_in_file} || shape == Shape{samples_in_file, 1};
  const bool one_hot = !column && shape.size() == 2 && shape.front() == samples_in_file && shape.back() > 1;
  check_shape(file, "labels", column || one_hot,
              "one label for each sample of 'features' (or a row of one-hot labels)");
  if (file.has("class_names")) {
    Strings names = as_utf8(file, "class_names", file.read_strings("class_names"));
    if (!known.names.empty() && names != known.names)
      throw bad_input("{}: 'class_names' are {}, where the classes of the training data or the configuration are {}",
                      info.source, list_names(names), list_names(known.names));
    known.names = std::move(names);
  }
  if (one_hot && known.values.empty() && !known.names.empty() && known.names.size() != shape.back())
    throw bad_input("{}: 'labels' have {} columns, one a class, but there are {} classes: {}", info.source,
                    shape.back(), known.names.size(), list_names(known.names));
  ClassLabels labels(info.source);
  const Hdf5Kind kind = file.kind("labels");
  if (one_hot)
    add_one_hot(file, shape.back(), labels);
  else if (kind == Hdf5Kind::text)
    for (const std::string& label : as_utf8(file, "labels", file.read_strings("labels"))) labels.add(label);
  else if (kind == Hdf5Kind::enumeration)
    add_enumeration(file, known, labels);
  else if (kind == Hdf5Kind::real)
    for (const double label : file.read<double>("labels")) labels.add(label);
  else
    for (const std::int64_t label : file.read<std::int64_t>("labels")) labels.add(label);
  labels.settle(known, info, samples);
}

/// The task and the names of the targets of a regression.
void describe_targets(const Hdf5File& file, DatasetInfo& info) {
  const Shape size = file.shape("targets");
  check_shape(file, "targets",
              (size.size() == 1 || size.size() == 2) && size.front() == info.samples && size.back() > 0,
              "(samples) or (samples, targets), with a row for each sample of 'features',");
  info.task = Task::regression;
  const std::size_t count = size.size() == 1 ? 1 : size.back();
  info.output_names = read_names(file, "targets", "target_names", count);
  if (info.output_names.empty()) info.output_names = default_target_names(count);
}

}  // namespace

Dataset read_hdf5_table(const std::string& path, const KnownClasses& classes, const GapOptions& gaps,
                        bool features_only, const std::string& weights, const std::string& group) {
  check_data_file(path);
  const Hdf5File file = Hdf5File::open(path);
  DatasetInfo info;
  Samples samples;

  const Shape shape = file.shape("features");
  check_features(file, shape);
  info.source = path;
  info.samples = shape.front();
  info.feature_shape.assign(shape.begin() + 1, shape.end());
  info.bytes = file.holds_bytes("features");
  check_sizes(info);
  info.feature_names = read_names(file, "features", "feature_names", info.features());
  const bool regression = !features_only && !file.has("labels") && file.has("targets");
  if (regression) describe_targets(file, info);
  GapRules rules;
  if (!info.is_image()) rules = gap_rules(gaps, column_names(info), info.output_names, features_only, path);
  // The numbers, and then the same as float32 beside them.
  const double values = static_cast<double>(info.samples) * static_cast<double>(info.features());
  require_memory(path, static_cast<std::uint64_t>(std::min(values * (info.bytes ? 1.0 : 12.0), 1e18)));
  if (info.bytes)
    samples.bytes = file.read<std::uint8_t>("features");
  else
    samples.values = read_numbers(file, "features", info.features(), info.feature_names, rules.features);
  info.feature_step = std::max(kDoubleStep, file.relative_step("features"));
  if (features_only) return make_dataset(std::move(info), std::move(samples));

  if (!weights.empty()) {
    const Shape size = file.shape(weights);
    check_shape(file, weights, size == Shape{info.samples} || size == Shape{info.samples, 1},
                "one weight for each sample of 'features'");
    samples.weights = read_numbers(file, weights, 1, {}, {});
  }
  if (!group.empty()) samples.groups = read_groups(file, group, info.samples);
  if (file.has("labels")) {
    read_labels(file, shape.front(), classes, info, samples);
  } else if (regression) {
    samples.targets = read_numbers(file, "targets", info.outputs(), info.output_names, rules.targets);
    info.target_step = std::max(kDoubleStep, file.relative_step("targets"));
  } else {
    throw bad_input(
        "{}: there is neither a dataset 'labels', for a classification, nor 'targets', for a regression; {}", path,
        file.list_datasets());
  }
  Dataset data = make_dataset(std::move(info), std::move(samples));
  if (!data.info.is_image()) leave_out_gaps(data, rules);
  return data;
}

}  // namespace lockstep
