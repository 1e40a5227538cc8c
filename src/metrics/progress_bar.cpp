#include "metrics/progress_bar.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace lockstep {

namespace {

/// The terminal that shows standard output, or -1. Open MPI's launcher gives its ranks a pseudo terminal whatever its
/// own output is, so there the launcher, which is the parent process, is asked.
int open_terminal() {
  if (isatty(STDOUT_FILENO) == 0) return -1;
  const bool launched = std::getenv("OMPI_COMM_WORLD_RANK") != nullptr;
  const int output = launched ? open(fmt::format("/proc/{}/fd/1", getppid()).c_str(), O_WRONLY | O_NOCTTY | O_CLOEXEC)
                              : fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
  if (output >= 0 && isatty(output) == 1) return output;
  if (output >= 0) close(output);
  return -1;
}

/// Asked for each line: a window may change.
std::size_t columns_of(int terminal) {
  winsize size{};
  return ioctl(terminal, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : kColumns;
}

}  // namespace

ProgressBar::ProgressBar(std::chrono::milliseconds log_interval)
    : terminal_(open_terminal()), interval_(terminal_ < 0 ? log_interval : std::chrono::milliseconds(100)) {
  if (terminal_ < 0) drawn_ = std::chrono::steady_clock::now();
}

ProgressBar::~ProgressBar() {
  if (terminal_ >= 0) close(terminal_);
}

bool ProgressBar::due() const {
  return std::chrono::steady_clock::now() - drawn_ > interval_;
}

void ProgressBar::draw(const ProgressState& state) {
  if (terminal_ >= 0)
    fmt::print("\r\x1b[K{}", progress_line(state, columns_of(terminal_)));
  else
    fmt::print("{}\n", log_line(state));
  std::fflush(stdout);
  drawn_ = std::chrono::steady_clock::now();
}

void ProgressBar::wipe() {
  if (terminal_ < 0) {
    drawn_ = std::chrono::steady_clock::now();
    return;
  }
  fmt::print("\r\x1b[K");
  std::fflush(stdout);
}

}  // namespace lockstep
