#include "base/output.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/atomic_file.hpp"
#include "base/error.hpp"

namespace lockstep {

void keep_standard_streams() {
  // Input can then not be read from and output not be written to: errors are the better end.
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(stream, F_GETFD) < 0 && errno == EBADF)
      (void)::open("/dev/null", stream == STDOUT_FILENO ? O_RDONLY : O_RDWR);
  // Nothing is written but by a flush, which tells whether it could be.
  constexpr std::size_t kBuffer = 1U << 20U;
  (void)std::setvbuf(stdout, nullptr, _IOFBF, kBuffer);
}

bool output_failed() {
  return std::ferror(stdout) != 0;
}

void flush_output(const std::string& meaning) {
  const bool failed_before = output_failed();
  if (failed_before) (void)std::putchar('\n');  // the next write tells the cause once more
  errno = 0;
  if (std::fflush(stdout) == 0 && !failed_before) return;
  throw failure("standard output: cannot write{}{}; {}", errno != 0 ? ": " : "", errno != 0 ? std::strerror(errno) : "",
                meaning);
}

void print_to(const std::filesystem::path& path) {
  make_folder(path.parent_path());
  flush_output();
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (file < 0 || ::dup2(file, STDOUT_FILENO) < 0)
    throw failure("{}: cannot write: {}", path.string(), std::strerror(errno));
  ::close(file);
}

}  // namespace lockstep
