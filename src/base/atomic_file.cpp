#include "base/atomic_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <random>
#include <system_error>

#include "base/error.hpp"

namespace lockstep {

namespace {

void flush(const std::filesystem::path& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC);
  if (descriptor < 0) throw failure("{}: cannot open: {}", path.string(), std::strerror(errno));
  int cause = ::fsync(descriptor) == 0 ? 0 : errno;
  if (::close(descriptor) != 0 && cause == 0) cause = errno;
  if (cause != 0) throw failure("{}: cannot flush to disk: {}", path.string(), std::strerror(cause));
}

std::filesystem::path folder_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

/// A temporary file has a name that no user gives.
constexpr std::string_view kTemporary = ".lockstep-";
constexpr std::string_view kPartial = ".partial";

}  // namespace

std::filesystem::path follow_links(std::filesystem::path path) {
  constexpr int kMost = 40;  // as the kernel has it
  std::error_code error;
  for (int links = 0; links < kMost && std::filesystem::is_symlink(path, error); ++links)
    path = path.parent_path() / std::filesystem::read_symlink(path);
  return path;
}

AtomicFile::AtomicFile(std::filesystem::path path) : path_(follow_links(std::move(path))), temporary_(path_) {
  temporary_ += fmt::format("{}{:08x}{}", kTemporary, std::random_device()(), kPartial);
}

AtomicFile::~AtomicFile() {
  std::error_code ignored;
  if (!committed_) std::filesystem::remove(temporary_, ignored);
}

void AtomicFile::commit() {
  std::error_code ignored;
  if (const auto status = std::filesystem::status(path_, ignored);
      std::filesystem::exists(status) && !is_regular_file(status) && !is_directory(status))
    throw failure("{}: is not a regular file, and is not replaced by one", path_.string());
  flush_to_disk(temporary_);
  if (std::rename(temporary_.c_str(), path_.c_str()) != 0)
    throw failure("{}: cannot rename to {}: {}", temporary_.string(), path_.string(), std::strerror(errno));
  committed_ = true;
  flush(folder_of(path_), O_RDONLY | O_DIRECTORY);
}

void write_text_file(const std::filesystem::path& path, std::string_view text) {
  AtomicFile file(path);
  std::ofstream stream(file.temporary(), std::ios::binary);
  stream.write(text.data(), static_cast<std::streamsize>(text.size()));
  stream.close();
  if (!stream) throw failure("{}: cannot write: {}", path.string(), std::strerror(errno));
  file.commit();
}

void flush_to_disk(const std::filesystem::path& path) {
  flush(path, O_RDONLY);
}

void remove_partial_files(const std::filesystem::path& folder) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
    const std::string name = entry.path().filename();
    const std::size_t mark = name.rfind(kTemporary);
    constexpr std::size_t kSize = kTemporary.size() + 8 + kPartial.size();
    if (mark != std::string::npos && mark + kSize == name.size() && name.ends_with(kPartial))
      std::filesystem::remove(entry.path(), ignored);
  }
}

void make_folder(const std::filesystem::path& path) {
  std::error_code cause;
  std::filesystem::create_directories(path, cause);
  if (cause) throw failure("{}: cannot create the folder: {}", path.string(), cause.message());
}

}  // namespace lockstep
