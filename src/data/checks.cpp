// What every reader checks: the file, the number of samples, the labels.
#include "data/checks.hpp"

#include <algorithm>
#include <filesystem>
#include <limits>

#include "base/error.hpp"
#include "base/readable_file.hpp"
#include "base/spelling.hpp"

namespace lockstep {

namespace {

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
  if (status.type() == std::filesystem::file_type::not_found && !path.empty()) throw missing_file(path);
  check_readable_file(path);
}

void check_sizes(const DatasetInfo& info) {
  constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
  constexpr std::uint64_t most_features = std::numeric_limits<std::int32_t>::max();
  if (info.samples == 0) throw bad_input("{}: there are no samples in it", info.source);
  if (info.samples > most)
    throw bad_input("{}: {} samples are more than the {} that can be numbered; use a part of them", info.source,
                    info.samples, most);
  if (info.features() == 0) throw bad_input("{}: its samples have no features", info.source);
  if (info.features() > most_features)
    throw bad_input("{}: {} numbers in a sample are more than the {} that a network takes; use a part of them",
                    info.source, info.features(), most_features);
}

std::string shortened(std::string_view text, std::size_t most) {
  if (text.size() <= most) return std::string(text);
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80) --most;
  return std::string(text.substr(0, most)) + "...";
}

std::string list_names(std::span<const std::string> names) {
  constexpr std::size_t most = 10;
  constexpr std::size_t longest = 60;
  std::vector<std::string> shown;
  for (const std::string& name : names.first(std::min(names.size(), most))) shown.push_back(shortened(name, longest));
  return fmt::format("'{}'{}", fmt::join(shown, "', '"), names.size() > most ? ", ..." : "");
}

std::string list_names(std::span<const std::string> names, std::string_view wanted) {
  const std::string nearest = nearest_word(wanted, names);
  return list_names(names) + (nearest.empty() ? "" : fmt::format("; the nearest is '{}'", nearest));
}

}  // namespace lockstep
