// What every reader checks: the file, the number of samples, the labels.
#include "data/checks.hpp"

#include <algorithm>
#include <filesystem>
#include <limits>

#include "base/error.hpp"
#include "base/readable_file.hpp"

namespace lockstep {

namespace {

/// More classes than this come from labels that are no class numbers, and would only fill the memory with
/// names.
constexpr std::int32_t kMostNumberedClasses = 1'000'000;

Error missing_file(const std::string& path) {
  if (path.starts_with("/usr/share/datasets/fashion-mnist/"))
    return bad_input("{}: no such file; Debian's package dataset-fashion-mnist installs it", path);
  const std::filesystem::path file(path);
  if (file.filename().string().find("-ubyte") != std::string::npos)
    return bad_input(
        "{}: no such file; put the four files of MNIST, or of a set like it, into {}: images and labels to train "
        "(train-images-idx3-ubyte, train-labels-idx1-ubyte) and to test (t10k-...), plain or gzip, under the names "
        "that "
        "the configuration gives",
        path, file.parent_path().string());
  if (file.is_relative()) {
    std::error_code ignored;
    return bad_input("{}: no such file; relative paths start at the working folder, {}", path,
                     std::filesystem::current_path(ignored).string());
  }
  return bad_input("{}: no such file; check the path", path);
}

}  // namespace

void check_data_file(const std::string& path) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) throw missing_file(path);
  check_readable_file(path);
}

void check_sizes(const DatasetInfo& info) {
  constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
  if (info.samples == 0) throw bad_input("{}: there are no samples in it", info.source);
  if (info.samples > most)
    throw bad_input("{}: {} samples are more than the {} that can be numbered; use a part of them", info.source,
                    info.samples, most);
  if (info.features() == 0) throw bad_input("{}: its samples have no features", info.source);
}

void settle_classes(const std::string& source, std::span<const std::int32_t> labels,
                    std::vector<std::string>& classes) {
  if (classes.empty() && !labels.empty()) {
    const std::int32_t largest = *std::max_element(labels.begin(), labels.end());
    if (largest >= kMostNumberedClasses)
      throw bad_input("{}: a label is {}, but classes are numbered from 0 and at most {}; renumber them", source,
                      largest, kMostNumberedClasses);
    for (std::int32_t label = 0; label <= largest; ++label) classes.push_back(std::to_string(label));
  }
  for (std::size_t sample = 0; sample < labels.size(); ++sample) {
    const std::int64_t label = labels[sample];
    if (label < 0)
      throw bad_input("{}: the label of sample {} is {}; labels are numbered from 0", source, sample, label);
    if (label >= static_cast<std::int64_t>(classes.size()))
      throw bad_input("{}: the label of sample {} is {}, but there are {} classes, numbered from 0", source, sample,
                      label, classes.size());
  }
}

std::string list_names(std::span<const std::string> names) {
  constexpr std::size_t most = 10;
  constexpr std::size_t longest = 60;
  std::vector<std::string> shown;
  for (const std::string& name : names.first(std::min(names.size(), most)))
    shown.push_back(name.size() > longest ? name.substr(0, longest) + "..." : name);
  return fmt::format("'{}'{}", fmt::join(shown, "', '"), names.size() > most ? ", ..." : "");
}

}  // namespace lockstep
