#include "base/readable_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/error.hpp"

namespace lockstep {

void check_readable_file(const std::filesystem::path& path) {
  if (path.empty()) throw bad_input("the name of a file is empty; give its path");
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found)
    throw bad_input("{}: no such file; check the path", path.string());
  if (error) throw bad_input("{}: {}; check the path and its permissions", path.string(), error.message());
  if (is_directory(status)) throw bad_input("{}: is a folder; name the file in it", path.string());
  if (!is_regular_file(status)) throw bad_input("{}: is not a regular file; save what it gives to one", path.string());
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (descriptor < 0) throw bad_input("{}: {}; check its permissions", path.string(), std::strerror(errno));
  ::close(descriptor);
}

}  // namespace lockstep
