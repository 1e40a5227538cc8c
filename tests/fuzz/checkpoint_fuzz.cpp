// Any bytes as a checkpoint, and checkpoints whose seal is right and whose content is not.
#include <array>
#include <vector>

#include "base/hdf5.hpp"
#include "base/seal.hpp"
#include "checkpoint/checkpoint.hpp"
#include "checkpoint/schema.hpp"
#include "config/read.hpp"
#include "fuzz.hpp"

namespace lockstep {
namespace {

/// All that the program reads from a checkpoint of a small model.
void read_checkpoint(const std::string& path) {
  may_refuse([&] {
    const CheckpointReader reader(path);
    read_resolved_config(reader.info().config, path, {});
    std::array<float, 6> weight{};
    reader.read({"model/layers/0/weight", {2, 3}, weight});
    std::array<float, 3> bias{};
    reader.read({"model/layers/0/bias", {3}, bias});
  });
}

/// An attribute that is right as `write` makes it, or has another type or value, or is not there.
template <class Write>
void attribute(FuzzedDataProvider& choices, Hdf5File& file, const char* name, Write&& write) {
  switch (choices.ConsumeIntegralInRange(0, 7)) {
    case 0:
      return;
    case 1:
      return file.write_attribute(name, choices.ConsumeRandomLengthString());
    case 2:
      return file.write_attribute(name, choices.ConsumeIntegral<std::int64_t>());
    case 3:
      return file.write_attribute(name, choices.ConsumeFloatingPoint<double>());
    default:
      write();
  }
}

/// Likewise a data set, which may have another shape.
template <class Write>
void data_set(FuzzedDataProvider& choices, Hdf5File& file, const char* name, Write&& write) {
  switch (choices.ConsumeIntegralInRange(0, 7)) {
    case 0:
      return;
    case 1:
      return file.write_strings(name, std::vector{choices.ConsumeRandomLengthString(), std::string()});
    case 2: {
      std::vector<std::int64_t> values(choices.ConsumeIntegralInRange<std::size_t>(0, 5));
      for (std::int64_t& value : values) value = choices.ConsumeIntegral<std::int64_t>();
      return file.write<std::int64_t>(name, values, {values.size()}, Storage::checked);
    }
    case 3: {
      const std::vector<float> values(choices.ConsumeIntegralInRange<std::size_t>(0, 5));
      return file.write<float>(name, values, {1, values.size()}, Storage::checked);
    }
    default:
      write();
  }
}

void write_spoilt_checkpoint(FuzzedDataProvider& choices, const std::string& path) {
  Hdf5File file = Hdf5File::create(path, kSealSize);
  attribute(choices, file, schema::kFormat, [&] { file.write_attribute(schema::kFormat, schema::kFormatVersion); });
  for (const char* name :
       {schema::kLockstepVersion, schema::kDigest, schema::kBlasKernel, schema::kTask, schema::kDataDigest})
    attribute(choices, file, name, [&] { file.write_attribute(name, std::string("classification")); });
  attribute(choices, file, schema::kFeatureType,
            [&] { file.write_attribute(schema::kFeatureType, std::string("float32")); });
  attribute(choices, file, schema::kConfig, [&] {
    file.write_attribute(schema::kConfig, std::string("[run]\nname = 'r'\n[data]\nformat = 'csv'\ntrain = 'a'\n"
                                                      "test_fraction = 0.5\ntarget = 'y'\n"));
  });
  for (const char* name : {schema::kEpoch, schema::kStep, schema::kEpochSamples, schema::kRunSamples,
                           schema::kTrainSamples, schema::kBestStep})
    attribute(choices, file, name, [&] { file.write_attribute(name, std::int64_t{7}); });
  for (const char* name : {schema::kEpochLoss, schema::kTrainLoss, schema::kBestScore, schema::kRunSeconds})
    attribute(choices, file, name, [&] { file.write_attribute(name, 0.5); });

  const auto floats = [&](const std::string& name, const std::vector<std::size_t>& shape) {
    data_set(choices, file, name.c_str(), [&] {
      std::size_t size = 1;
      for (const std::size_t dimension : shape) size *= dimension;
      file.write<float>(name, std::vector<float>(size, 1.0F), shape, Storage::checked);
    });
  };
  const auto integers = [&](const char* name, const std::vector<std::int64_t>& values) {
    data_set(choices, file, name, [&] { file.write<std::int64_t>(name, values, {values.size()}, Storage::checked); });
  };
  const auto texts = [&](const std::string& name, const std::vector<std::string>& values) {
    data_set(choices, file, name.c_str(), [&] { file.write_strings(name, values); });
  };
  integers(schema::kFeatureShape, {2});
  texts(schema::kFeatureNames, {"a", "b"});
  texts(schema::kOutputNames, {"x", "y", "z"});
  const auto scaling = [&](const std::string& of, std::size_t columns) {
    floats(of + schema::kShift, {columns});
    floats(of + schema::kScale, {columns});
    texts(of + schema::kKind, std::vector<std::string>(columns, "quantile"));
    floats(of + schema::kQuantiles, {columns, 5});
  };
  scaling(schema::kFeatures, 1);
  scaling(schema::kTargets, 3);
  floats(schema::kFill, {2});
  integers(schema::kIndicator, {0, 1});
  texts(schema::kWords, {"u", "v"});
  integers(schema::kWordCounts, {0, 2});
  floats("model/layers/0/weight", {2, 3});
  floats("model/layers/0/bias", {3});
  file.close();
  seal_file(path);
}

}  // namespace
}  // namespace lockstep

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lockstep;
  FuzzedDataProvider choices(data, size);
  const std::string path = input_path();
  if (choices.ConsumeBool())
    write_spoilt_checkpoint(choices, path);
  else
    write_input(choices.ConsumeRemainingBytes<std::uint8_t>());
  read_checkpoint(path);
  return 0;
}
