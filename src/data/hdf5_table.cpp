// Reads data sets from HDF5 files, as h5py and others write them.
#include "data/hdf5_table.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "base/hdf5.hpp"
#include "data/checks.hpp"

namespace lockstep {

namespace {

/// Bad input that says which shape is `expected`, unless the array's shape is `right`.
void check_shape(const Hdf5File& file, const std::string& name, bool right, const char* expected) {
  if (right) return;
  throw bad_input("{}: the shape of '{}' is ({}), where {} is expected", file.path().string(), name,
                  fmt::join(file.shape(name), ", "), expected);
}

/// An array of numbers with `width` of them a sample.
std::vector<double> read_numbers(const Hdf5File& file, const std::string& name, std::size_t width) {
  std::vector<double> values = file.read<double>(name);
  const auto wrong = std::find_if_not(values.begin(), values.end(), [](double value) { return std::isfinite(value); });
  if (wrong == values.end()) return values;
  const auto index = static_cast<std::size_t>(wrong - values.begin());
  throw bad_input("{}: '{}' of sample {} holds {}, which is not a finite number; clean the data first",
                  file.path().string(), name, index / width, *wrong);
}

/// Labels are read as real numbers, because HDF5 would cut the fractions off without a word.
void read_labels(const Hdf5File& file, KnownClasses classes, DatasetInfo& info, Samples& samples) {
  if (file.has("class_names")) {
    std::vector<std::string> names = file.read_strings("class_names");
    if (!classes.names.empty() && names != classes.names)
      throw bad_input("{}: 'class_names' are {}, where the classes of the training data or the configuration are {}",
                      info.source, list_names(names), list_names(classes.names));
    classes.names = std::move(names);
  }
  ClassLabels labels(info.source);
  for (const double label : file.read<double>("labels")) labels.add(label);
  labels.settle(classes, info, samples);
}

std::vector<std::string> target_names(std::size_t count) {
  if (count == 1) return {"target"};
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) names.push_back(fmt::format("target_{}", i));
  return names;
}

}  // namespace

Dataset read_hdf5_table(const std::string& path, const KnownClasses& classes, bool features_only) {
  check_data_file(path);
  const Hdf5File file = Hdf5File::open(path);
  DatasetInfo info;
  Samples samples;

  const Hdf5File::Shape shape = file.shape("features");
  check_shape(file, "features", shape.size() >= 2, "(samples, features...)");
  info.source = path;
  info.samples = shape.front();
  info.feature_shape.assign(shape.begin() + 1, shape.end());
  info.bytes = file.holds_bytes("features");
  check_sizes(info);
  if (info.bytes)
    samples.bytes = file.read<std::uint8_t>("features");
  else
    samples.values = read_numbers(file, "features", info.features());
  if (features_only) return make_dataset(std::move(info), std::move(samples));

  if (file.has("labels")) {
    check_shape(file, "labels", file.shape("labels") == Hdf5File::Shape{shape.front()},
                "one label for each sample of 'features'");
    read_labels(file, classes, info, samples);
  } else if (file.has("targets")) {
    const Hdf5File::Shape size = file.shape("targets");
    check_shape(file, "targets",
                (size.size() == 1 || size.size() == 2) && size.front() == shape.front() && size.back() > 0,
                "(samples) or (samples, targets), with a row for each sample of 'features',");
    info.task = Task::regression;
    info.output_names = target_names(size.size() == 1 ? 1 : size.back());
    samples.targets = read_numbers(file, "targets", info.outputs());
  } else {
    throw bad_input("{}: there is neither a dataset 'labels', for a classification, nor 'targets', for a regression",
                    path);
  }
  return make_dataset(std::move(info), std::move(samples));
}

}  // namespace lockstep
