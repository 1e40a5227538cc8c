#include "data/packed_file.hpp"

#include <algorithm>

#include "base/atomic_file.hpp"
#include "base/hdf5.hpp"
#include "base/version.hpp"
#include "data/array_columns.hpp"
#include "data/block_survey.hpp"

namespace lockstep {

namespace {

constexpr const char* kPackedMark = "lockstep_packed";
constexpr std::uint64_t kRows = 4096;  // that are read at a time

class PackedFile {
 public:
  PackedFile(const std::filesystem::path& path, PackedReal real, const DataOptions& options)
      : file_(Hdf5File::create(path)), real_(real), options_(options) {
    file_.write_attribute(kPackedMark, std::string(version()));
  }

  void add(const Dataset& part) {
    const DatasetInfo& info = part.info;
    const Hdf5File::Shape row(info.feature_shape.begin(), info.feature_shape.end());
    const std::size_t chunk = block_size_of(info);
    if (info.bytes)
      file_.append<std::uint8_t>("features", part.bytes, row, chunk);
    else
      append_reals("features", part.values, row, chunk);
    // Targets and weights keep their digits: they are few.
    if (info.task == Task::classification)
      file_.append<std::int32_t>("labels", part.labels, {}, chunk);
    else
      file_.append<double>("targets", part.targets, {part.targets.size() / info.samples}, chunk);
    if (!part.weights.empty()) file_.append<double>(options_.weights, part.weights, {}, chunk);
    if (!part.groups.empty())
      file_.append<std::int32_t>(options_.group, std::vector<std::int32_t>(part.groups.begin(), part.groups.end()), {},
                                 chunk);
  }

  void finish(const PartsRead& read) {
    const DatasetInfo& info = read.info;
    if (!info.feature_names.empty()) file_.write_strings("feature_names", info.feature_names);
    if (!read.words.empty()) write_words(read.words);
    if (info.task == Task::classification)
      settle_labels(read);
    else
      file_.write_strings("target_names", info.output_names);
    file_.close();
  }

 private:
  void append_reals(const std::string& name, const std::vector<double>& values, const Hdf5File::Shape& row,
                    std::size_t chunk) {
    if (real_ == PackedReal::float64) return file_.append<double>(name, values, row, chunk);
    file_.append<float>(name, std::vector<float>(values.begin(), values.end()), row, chunk);
  }

  void write_words(const std::vector<std::vector<std::string>>& of_columns) {
    std::vector<std::string> all;
    std::vector<std::int64_t> counts;
    for (const std::vector<std::string>& words : of_columns) {
      all.insert(all.end(), words.begin(), words.end());
      counts.push_back(std::ssize(words));
    }
    file_.write_strings(kListedWords, all);
    file_.write<std::int64_t>(kListedCounts, counts, {counts.size()}, Storage::checked);
  }

  /// Gives labels the numbers of their classes, or those that the data's own labels are.
  void settle_labels(const PartsRead& read) {
    const std::vector<double>& values = read.info.class_values;
    const bool numbers = !values.empty() && std::ranges::all_of(values, [](double value) {
      return value == static_cast<double>(static_cast<std::int32_t>(value));
    });
    if (!numbers) file_.write_strings("class_names", read.info.output_names);
    const std::size_t samples = file_.shape("labels").front();
    for (std::size_t begin = 0; begin < samples; begin += kRows) {
      const Range rows{begin, std::min(begin + kRows, samples)};
      std::vector<std::int32_t> labels = file_.read<std::int32_t>("labels", Hdf5Part{"", rows});
      for (std::int32_t& label : labels) {
        label = read.classes[static_cast<std::size_t>(label)];
        if (numbers) label = static_cast<std::int32_t>(values[static_cast<std::size_t>(label)]);
      }
      file_.replace<std::int32_t>("labels", rows, labels);
    }
  }

  Hdf5File file_;
  PackedReal real_;
  const DataOptions& options_;
};

}  // namespace

DatasetInfo write_packed_file(const std::filesystem::path& path, PackedReal real, const DataOptions& options,
                              const ReadParts& read) {
  AtomicFile whole(path);
  PackedFile file(whole.temporary(), real, options);
  PartsRead parts = read(kRows, [&](const Dataset& part) { file.add(part); });
  file.finish(parts);
  whole.commit();
  return std::move(parts.info);
}

bool is_packed_file(const std::filesystem::path& path) {
  return Hdf5File::recognises(path) && Hdf5File::open(path).has_attribute(kPackedMark);
}

}  // namespace lockstep
