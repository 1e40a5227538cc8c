// A file that appears whole or not at all.
#pragma once

#include <filesystem>
#include <string_view>

namespace lockstep {

/// Writes go to a temporary name in the same folder; `commit` makes them durable and gives them the final name in one
/// move. Without a commit the temporary file is removed. Where the name is a symbolic link, the file that it leads to
/// is written, and the link stays. A pipe or a device is never replaced.
class AtomicFile {
 public:
  explicit AtomicFile(std::filesystem::path path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  /// Where to write. The writer must have closed it before `commit`.
  [[nodiscard]] const std::filesystem::path& temporary() const { return temporary_; }

  /// Flushes the file to disk, renames it and flushes its folder. Throws Error with the cause.
  void commit();

 private:
  std::filesystem::path path_;
  std::filesystem::path temporary_;
  bool committed_ = false;
};

/// Writes `text` to `path` through an AtomicFile. Throws Error with the cause.
void write_text_file(const std::filesystem::path& path, std::string_view text);

/// Removes what processes that were killed have left of AtomicFiles in this folder. One that was only suspended can
/// then no longer commit.
void remove_partial_files(const std::filesystem::path& folder);

/// The file that a name leads to, which need not be there.
std::filesystem::path follow_links(std::filesystem::path path);

/// Makes what was written to a file survive a crash of the machine. Throws Error with the cause.
void flush_to_disk(const std::filesystem::path& path);

/// Creates a folder and its parents. Throws Error with the cause.
void make_folder(const std::filesystem::path& path);

}  // namespace lockstep
