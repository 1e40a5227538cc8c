// The files of a data set as a configuration names them: one, several, or a pattern.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace lockstep {

/// Paths, and patterns with *, ? and [...] as in a shell. A path that is there as it stands is no pattern.
struct FileList {
  std::vector<std::string> entries;

  FileList() = default;
  FileList(std::string path) {  // NOLINT(google-explicit-constructor): one path is a list of it
    if (!path.empty()) entries.push_back(std::move(path));
  }
  FileList(const char* path) : FileList(std::string(path)) {}  // NOLINT(google-explicit-constructor): likewise
  explicit FileList(std::vector<std::string> paths) : entries(std::move(paths)) {}

  [[nodiscard]] bool empty() const { return entries.empty(); }

  /// For messages: the first entry, and how many more there are.
  [[nodiscard]] std::string text() const;

  /// The files, those of a pattern in the order of their names. Bad input where nothing fits a pattern.
  [[nodiscard]] std::vector<std::string> files() const;

  /// The same without an error: nothing stands for such a pattern.
  [[nodiscard]] std::vector<std::string> expanded() const;

  bool operator==(const FileList&) const = default;

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& entries;
  }
};

}  // namespace lockstep
