#include "base/atomic_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
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

}  // namespace

AtomicFile::AtomicFile(std::filesystem::path path) : path_(std::move(path)), temporary_(path_) {
  temporary_ += ".partial";
}

AtomicFile::~AtomicFile() {
  std::error_code ignored;
  if (!committed_) std::filesystem::remove(temporary_, ignored);
}

void AtomicFile::commit() {
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

void make_folder(const std::filesystem::path& path) {
  std::error_code cause;
  std::filesystem::create_directories(path, cause);
  if (cause) throw failure("{}: cannot create the folder: {}", path.string(), cause.message());
}

}  // namespace lockstep
