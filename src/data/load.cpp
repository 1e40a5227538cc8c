// From the section [data] of a configuration to data sets in memory.
#include "data/load.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "base/hdf5.hpp"
#include "base/random.hpp"
#include "data/checks.hpp"
#include "data/csv.hpp"
#include "data/hdf5_table.hpp"
#include "data/idx.hpp"
#include "data/match.hpp"

namespace lockstep {

namespace {

DatasetInfo describe_images(const std::string& path, const IdxArray& images) {
  if (images.sizes.size() < 2)
    throw bad_input("{}: has one dimension, as labels do; were images and labels exchanged?", path);
  DatasetInfo info;
  info.source = path;
  info.samples = images.sizes.front();
  info.feature_shape.assign(images.sizes.begin() + 1, images.sizes.end());
  info.bytes = true;
  check_sizes(info);
  return info;
}

Dataset read_idx_set(const DataFile& file, const KnownClasses& classes) {
  if (file.labels.empty()) throw bad_input("{}: images need a second file that holds their labels", file.path);
  IdxArray images = read_idx(file.path);
  const IdxArray labels = read_idx(file.labels);
  DatasetInfo info = describe_images(file.path, images);
  if (labels.sizes.size() != 1)
    throw bad_input("{}: labels have one dimension, but this has {}; were images and labels exchanged?", file.labels,
                    labels.sizes.size());
  if (labels.bytes.size() != info.samples)
    throw bad_input("{} holds {} images, but {} holds {} labels; use two files that belong together", file.path,
                    info.samples, file.labels, labels.bytes.size());
  Samples samples;
  samples.bytes = std::move(images.bytes);
  ClassLabels collected(file.labels);
  for (const std::uint8_t label : labels.bytes) collected.add(std::int64_t{label});
  collected.settle(classes, info, samples);
  return make_dataset(std::move(info), std::move(samples));
}

/// Reads the training set, or with `train` given a test set that has its features and classes.
Dataset read_set(const DataOptions& options, const DataFile& file, bool classify, const DatasetInfo* train) {
  const KnownClasses classes = train != nullptr ? classes_of(*train) : KnownClasses{options.classes, {}, false};
  if (options.format == DataFormat::idx) return read_idx_set(file, classes);
  if (options.format == DataFormat::hdf5) {
    Dataset data = read_hdf5_table(file.path, classes, false);
    if (!classify && data.info.task == Task::classification && Hdf5File::open(file.path).has("targets"))
      throw bad_input(
          "{}: has 'labels' and 'targets', and train.loss = \"mse\" can learn either; leave one of them out, or name "
          "the classes in data.classes",
          file.path);
    if (train != nullptr) match_features(data, *train);
    if (train != nullptr) match_targets(data, *train);
    return data;
  }

  if (options.target.empty()) throw bad_input("{}: data.target must name the column to learn", file.path);
  CsvQuery query;
  if (train != nullptr) query.features = train->feature_names;
  query.targets = options.target;
  query.classes = classes;
  query.task = classify ? Task::classification : Task::regression;
  return read_csv(file.path, query);
}

void check_outputs(const DatasetInfo& info, bool classify) {
  if (classify && info.task == Task::regression)
    throw bad_input(
        "{}: has targets but no labels; a classification needs labels, and a regression train.loss = \"mse\" "
        "and no data.classes",
        info.source);
  std::vector<std::string> names = info.output_names;
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice != names.end())
    throw bad_input("{}: '{}' stands twice among its {}; give each its own name", info.source, *twice,
                    info.task == Task::classification ? "classes" : "targets");
}

std::string describe_sample(const DatasetInfo& info) {
  return fmt::format("{} {}", fmt::join(info.feature_shape, " x "),
                     info.bytes && info.is_image() ? "unsigned bytes" : "numbers");
}

void check_same_features(const DatasetInfo& info, const DatasetInfo& train) {
  if (info.feature_shape != train.feature_shape || (info.is_image() && info.bytes != train.bytes))
    throw bad_input("{}: a sample is {}, but in the training data, {}, it is {}", info.source, describe_sample(info),
                    train.source, describe_sample(train));
}

void check_same_outputs(const DatasetInfo& test, const DatasetInfo& train) {
  if (test.task != train.task || test.output_names != train.output_names)
    throw bad_input("{}: its labels or targets are not of the same kind and number as those of the training data, {}",
                    test.source, train.source);
}

template <class T>
std::vector<T> copy_rows(const std::vector<T>& values, std::span<const std::uint32_t> rows, std::size_t width) {
  std::vector<T> taken;
  if (values.empty()) return taken;
  taken.reserve(rows.size() * width);
  for (const std::uint32_t row : rows) {
    const auto from = std::span(values).subspan(row * width, width);
    taken.insert(taken.end(), from.begin(), from.end());
  }
  return taken;
}

Dataset copy_samples(const Dataset& from, std::span<const std::uint32_t> rows) {
  Dataset taken;
  taken.info = from.info;
  taken.info.samples = rows.size();
  taken.info.notes.clear();  // they are the other part's already
  taken.bytes = copy_rows(from.bytes, rows, from.info.features());
  taken.values = copy_rows(from.values, rows, from.info.features());
  taken.labels = copy_rows(from.labels, rows, 1);
  taken.targets = copy_rows(from.targets, rows, from.info.outputs());
  taken.rows.assign(rows.begin(), rows.end());
  return taken;
}

/// Keeps these rows, which ascend, where they are: the training samples, most of a file, are never there twice.
template <class T>
void keep_rows(std::vector<T>& values, std::span<const std::uint32_t> rows, std::size_t width) {
  if (values.empty()) return;
  auto to = values.begin();
  for (const std::uint32_t row : rows) {
    const auto from = values.begin() + static_cast<std::ptrdiff_t>(row * width);
    to = std::copy(from, from + static_cast<std::ptrdiff_t>(width), to);
  }
  values.erase(to, values.end());
}

void keep_samples(Dataset& dataset, std::span<const std::uint32_t> rows) {
  dataset.info.samples = rows.size();
  keep_rows(dataset.bytes, rows, dataset.info.features());
  keep_rows(dataset.values, rows, dataset.info.features());
  keep_rows(dataset.labels, rows, 1);
  keep_rows(dataset.targets, rows, dataset.info.outputs());
  dataset.rows.assign(rows.begin(), rows.end());
}

TrainAndTest split(Dataset all, double test_fraction, std::uint64_t seed) {
  const auto count = static_cast<std::uint32_t>(all.info.samples);
  if (count < 2) throw bad_input("{}: one sample cannot be split in training and test data", all.info.source);
  const double wanted = std::round(count * test_fraction);
  const auto test_count = static_cast<std::ptrdiff_t>(std::clamp(wanted, 1.0, count - 1.0));
  std::vector<std::uint32_t> rows = random_permutation(count, RandomSequence(seed, Purpose::test_split));
  std::sort(rows.begin(), rows.begin() + test_count);
  std::sort(rows.begin() + test_count, rows.end());
  const std::span<const std::uint32_t> order(rows);
  const auto cut = static_cast<std::size_t>(test_count);
  Dataset test = copy_samples(all, order.first(cut));
  keep_samples(all, order.subspan(cut));
  return {std::move(all), std::move(test)};
}

Dataset read_test(const DataOptions& options, const DatasetInfo& train) {
  Dataset test = read_set(options, options.test, train.task == Task::classification, &train);
  check_same_features(test.info, train);
  check_same_outputs(test.info, train);
  return test;
}

TrainAndTest read_train_and_test(const DataOptions& options, bool cross_entropy, std::uint64_t seed) {
  const bool classify = cross_entropy || !options.classes.empty();
  const bool has_test = !options.test.path.empty();
  if (!has_test && !(options.test_fraction > 0 && options.test_fraction < 1))
    throw bad_input("data.test must name the test data, or data.test_fraction, between 0 and 1, a part of {}",
                    options.train.path);

  Dataset train = read_set(options, options.train, classify, nullptr);
  check_outputs(train.info, classify);
  if (!has_test) return split(std::move(train), options.test_fraction, seed);

  Dataset test = read_test(options, train.info);
  return {std::move(train), std::move(test)};
}

}  // namespace

TrainAndTest load_train_and_test(const DataOptions& options, bool cross_entropy, std::uint64_t seed) {
  TrainAndTest data = read_train_and_test(options, cross_entropy, seed);
  if (const auto empty = empty_classes(data.train.info, data.train.labels); !empty.empty())
    data.train.info.notes.push_back(fmt::format("no training sample is of class {}", list_names(empty)));
  for (Dataset* dataset : {&data.train, &data.test}) dataset->info.digest = digest_samples(*dataset);
  return data;
}

Dataset load_test(const DataOptions& options, const DatasetInfo& train) {
  Dataset test = read_test(options, train);
  test.info.digest = digest_samples(test);
  return test;
}

Dataset load_features(const std::string& path, DataFormat format, const DatasetInfo& expected) {
  Dataset data;
  if (format == DataFormat::idx) {
    IdxArray images = read_idx(path);
    DatasetInfo info = describe_images(path, images);
    Samples samples;
    samples.bytes = std::move(images.bytes);
    data = make_dataset(std::move(info), std::move(samples));
  } else if (format == DataFormat::hdf5) {
    data = read_hdf5_table(path, {}, true);
  } else {
    CsvQuery query;
    query.features = expected.feature_names;
    data = read_csv(path, query);
  }
  match_features(data, expected);
  check_same_features(data.info, expected);
  return data;
}

DataFormat recognise_format(const std::string& path) {
  if (is_idx(path)) return DataFormat::idx;
  return Hdf5File::recognises(path) ? DataFormat::hdf5 : DataFormat::csv;
}

}  // namespace lockstep
