// Whether a folder can take what a run writes.
#pragma once

#include <filesystem>
#include <string>

namespace lockstep {

/// A file that was written to a folder as a checkpoint is: under another name, flushed to disk, renamed. Removed with
/// the object. Throws Error with the cause where that fails.
class FolderProbe {
 public:
  explicit FolderProbe(const std::filesystem::path& folder);
  ~FolderProbe();
  FolderProbe(const FolderProbe&) = delete;
  FolderProbe& operator=(const FolderProbe&) = delete;

  [[nodiscard]] const std::string& name() const { return name_; }  // of the file, within the folder
  [[nodiscard]] double bytes_per_second() const { return bytes_per_second_; }
  [[nodiscard]] std::uintmax_t free_bytes() const { return std::filesystem::space(folder_).available; }

  /// What refuses to lock the file, as HDF5 and others do, with its cause. Empty: both ways work.
  [[nodiscard]] std::string refused_locks() const;

 private:
  std::filesystem::path folder_;
  std::string name_;
  double bytes_per_second_ = 0;
};

/// Throws Error with the cause when the file of a FolderProbe, perhaps of another host, is not in this folder.
void find_probe(const std::filesystem::path& folder, const std::string& name);

}  // namespace lockstep
