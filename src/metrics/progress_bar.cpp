#include "metrics/progress_bar.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace lockstep {

namespace {

/// Open MPI's launcher gives its ranks a pseudo terminal whatever its own output is, so there the launcher, which is
/// the parent process, is asked.
bool shown_on_terminal() {
  if (isatty(STDOUT_FILENO) == 0) return false;
  if (std::getenv("OMPI_COMM_WORLD_RANK") == nullptr) return true;
  const int launcher = open(fmt::format("/proc/{}/fd/1", getppid()).c_str(), O_WRONLY | O_NOCTTY | O_CLOEXEC);
  if (launcher < 0) return false;
  const bool terminal = isatty(launcher) == 1;
  close(launcher);
  return terminal;
}

}  // namespace

std::string progress_line(const ProgressState& state) {
  constexpr std::uint64_t kWidth = 20;
  const std::uint64_t filled = state.step * kWidth / state.steps;
  const auto left = static_cast<std::uint64_t>(state.seconds_left);
  return fmt::format("epoch {}/{} [{:.<{}}] {:3}%  loss {:.4f}  {:.0f} samples/s  {}:{:02} left", state.epoch,
                     state.epochs, std::string(filled, '#'), kWidth, state.step * 100 / state.steps, state.loss,
                     state.samples_per_second, left / 60, left % 60);
}

ProgressBar::ProgressBar() : enabled_(shown_on_terminal()) {}

bool ProgressBar::due() const {
  return enabled_ && std::chrono::steady_clock::now() - drawn_ > std::chrono::milliseconds(100);
}

void ProgressBar::draw(const ProgressState& state) {
  if (!enabled_) return;
  fmt::print("\r\x1b[K{}", progress_line(state));
  std::fflush(stdout);
  drawn_ = std::chrono::steady_clock::now();
}

void ProgressBar::wipe() const {
  if (!enabled_) return;
  fmt::print("\r\x1b[K");
  std::fflush(stdout);
}

}  // namespace lockstep
