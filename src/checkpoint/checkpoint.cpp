#include "checkpoint/checkpoint.hpp"

#include <fmt/ranges.h>

#include <cmath>

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/readable_file.hpp"
#include "base/seal.hpp"
#include "checkpoint/schema.hpp"
#include "checkpoint/transform_file.hpp"
#include "data/classes.hpp"

namespace lockstep {

namespace {

/// Calls visit(name, value) for the attributes of a format that are text, numbers and integers: one list for reader and
/// writer.
template <class Info, class Visit>
void for_each_attribute(Info& info, std::int64_t format, Visit&& visit) {
  visit(schema::kLockstepVersion, info.lockstep_version);
  visit(schema::kConfig, info.config);
  visit(schema::kBlasKernel, info.blas_kernel);
  visit(schema::kDigest, info.digest);
  visit(schema::kTrainSamples, info.data.samples);
  visit(schema::kDataDigest, info.data.digest);
  if (format >= 2) {
    visit(schema::kTestSamples, info.test_samples);
    visit(schema::kTestDigest, info.test_digest);
  }
  if (format >= 2) {
    visit(schema::kCLibrary, info.c_library);
    visit(schema::kSlices, info.slices);
    visit(schema::kChanges, info.arithmetic_changes);
    visit(schema::kBestLoss, info.progress.best_loss);
  }
  visit(schema::kEpoch, info.progress.epoch);
  visit(schema::kStep, info.progress.step);
  visit(schema::kEpochSamples, info.progress.epoch_samples);
  visit(schema::kEpochLoss, info.progress.epoch_loss_sum);
  visit(schema::kTrainLoss, info.progress.train_loss);
  visit(schema::kBestStep, info.progress.best_step);
  visit(schema::kBestScore, info.progress.best_score);
  visit(schema::kRunSamples, info.progress.run_samples);
  visit(schema::kRunSeconds, info.progress.run_seconds);
}

/// The same for those that a file may lack.
template <class Info, class Visit>
void for_each_optional_attribute(Info& info, Visit&& visit) {
  visit(schema::kTestByClass, info.test_by_class);
  visit(schema::kValidationSamples, info.validation_samples);
  visit(schema::kValidationDigest, info.validation_digest);
  visit(schema::kStartedFrom, info.started_from);
  visit(schema::kEpochWeight, info.progress.epoch_weight);
  visit(schema::kGainEpoch, info.progress.gain_epoch);
  visit(schema::kGainValue, info.progress.gain_value);
  visit(schema::kRateDrops, info.progress.rate_drops);
  visit(schema::kDropEpoch, info.progress.drop_epoch);
}

constexpr const char* kTaskNames[] = {"classification", "regression"};
constexpr const char* kByteFeatures = "uint8";
constexpr const char* kRealFeatures = "float64";

struct AttributeWriter {
  Hdf5File& file;

  void operator()(const char* name, const std::string& value) { file.write_attribute(name, value); }
  void operator()(const char* name, double value) { file.write_attribute(name, value); }
  void operator()(const char* name, std::uint64_t value) {
    file.write_attribute(name, static_cast<std::int64_t>(value));
  }
  void operator()(const char* name, bool value) { file.write_attribute(name, std::int64_t{value}); }
};

struct AttributeReader {
  const Hdf5File& file;

  void operator()(const char* name, std::string& value) { value = file.read_text_attribute(name); }
  void operator()(const char* name, double& value) { value = file.read_real_attribute(name); }
  void operator()(const char* name, std::uint64_t& value) {
    value = static_cast<std::uint64_t>(file.read_integer_attribute(name));
  }
  void operator()(const char* name, bool& value) { value = file.read_integer_attribute(name) != 0; }
};

/// Nothing is read from a file before every byte of it has been checked.
Hdf5File open_sealed(const std::filesystem::path& path) {
  check_readable_file(path);
  switch (check_seal(path)) {
    case SealState::whole:
      return Hdf5File::open(path);
    case SealState::broken:
      throw DamagedCheckpoint(fmt::format("{}: damaged, or changed since it was written", path.string()));
    case SealState::unsealed:
      break;
  }
  throw DamagedCheckpoint(fmt::format("{}: not a checkpoint of Lockstep, or damaged at its beginning", path.string()));
}

}  // namespace

void write_checkpoint(const std::filesystem::path& path, const CheckpointInfo& info,
                      std::span<const NamedTensor<const float>> tensors) {
  AtomicFile whole(path);
  Hdf5File file = Hdf5File::create(whole.temporary(), kSealSize);
  file.write_attribute(schema::kFormat, schema::kFormatVersion);
  for_each_attribute(info, schema::kFormatVersion, AttributeWriter{file});
  for_each_optional_attribute(info, AttributeWriter{file});
  for (const auto& tensor : tensors) file.write<float>(tensor.name, tensor.values, tensor.shape, Storage::checked);

  const DatasetInfo& data = info.data;
  file.write_attribute(schema::kTask, std::string(kTaskNames[static_cast<int>(data.task)]));
  file.write_attribute(schema::kFeatureType, std::string(data.bytes ? kByteFeatures : kRealFeatures));
  const std::vector<std::int64_t> shape(data.feature_shape.begin(), data.feature_shape.end());
  file.write<std::int64_t>(schema::kFeatureShape, shape, {shape.size()}, Storage::checked);
  file.write_strings(schema::kFeatureNames, data.feature_names);
  file.write_strings(schema::kOutputNames, data.output_names);
  if (!data.class_values.empty())
    file.write<double>(schema::kClassValues, data.class_values, {data.class_values.size()}, Storage::checked);
  write_scaling(file, schema::kFeatures, info.transform.features);
  write_scaling(file, schema::kTargets, info.transform.targets);
  write_gaps(file, info.transform.gaps);
  write_ranges(file, info.transform.ranges);
  write_words(file, data.feature_words);
  file.close();
  seal_file(whole.temporary());
  whole.commit();
}

CheckpointReader::CheckpointReader(const std::filesystem::path& path) : file_(open_sealed(path)) {
  if (!file_.has_attribute(schema::kFormat))
    throw bad_input("{}: an HDF5 file, but not a checkpoint of Lockstep", path.string());
  info_.format = file_.read_integer_attribute(schema::kFormat);
  if (info_.format < 1 || info_.format > schema::kFormatVersion)
    throw bad_input(
        "{}: written in checkpoint format {}, and this program reads formats 1 to {}; use the version of Lockstep "
        "that wrote it",
        path.string(), info_.format, schema::kFormatVersion);
  for_each_attribute(info_, info_.format, AttributeReader{file_});
  info_.progress.epoch_weight = static_cast<double>(info_.progress.epoch_samples);
  info_.test_by_class = false;
  for_each_optional_attribute(info_, [this](const char* name, auto& value) {
    if (file_.has_attribute(name)) AttributeReader{file_}(name, value);
  });

  if (!std::isfinite(info_.progress.best_score)) info_.progress.best_step = 0;  // format 1 took the first R2 for best

  DatasetInfo& data = info_.data;
  data.source = path.string();
  data.task = file_.read_text_attribute(schema::kTask) == kTaskNames[0] ? Task::classification : Task::regression;
  data.bytes = file_.read_text_attribute(schema::kFeatureType) == kByteFeatures;
  for (const std::int64_t size : file_.read<std::int64_t>(schema::kFeatureShape))
    data.feature_shape.push_back(static_cast<std::uint64_t>(size));
  data.feature_names = file_.read_strings(schema::kFeatureNames);
  data.output_names = file_.read_strings(schema::kOutputNames);
  if (file_.has(schema::kClassValues))
    data.class_values = file_.read<double>(schema::kClassValues);
  else if (info_.format == 1 && data.task == Task::classification)
    data.class_values = numbers_of(data.output_names);
  if (!data.class_values.empty() && data.class_values.size() != data.outputs())
    throw bad_input("{}: {} does not fit the {} classes of the data", path.string(), schema::kClassValues,
                    data.outputs());
  info_.transform.features = read_scaling(file_, schema::kFeatures, data.features());
  info_.transform.targets = read_scaling(file_, schema::kTargets, data.outputs());
  info_.transform.gaps = read_gaps(file_, data.features());
  info_.transform.ranges = read_ranges(file_, data.features());
  data.feature_words = read_words(file_, data.features());
}

void CheckpointReader::read(const NamedTensor<float>& tensor) const {
  if (const auto shape = file_.shape(tensor.name); shape != tensor.shape)
    throw bad_input("{}: {} has shape ({}), and the configuration asks for ({})", file_.path().string(), tensor.name,
                    fmt::join(shape, ", "), fmt::join(tensor.shape, ", "));
  file_.read(tensor.name, tensor.values);
}

}  // namespace lockstep
