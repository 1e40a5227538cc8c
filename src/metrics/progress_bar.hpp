// How far an epoch has come: a bar that is redrawn where standard output is a terminal, a line per minute elsewhere.
#pragma once

#include <chrono>

#include "metrics/lines.hpp"

namespace lockstep {

/// Says where the run stands when it is time to. Each line of the log puts the next one off.
class ProgressBar {
 public:
  /// `log_interval` is the time between two lines of a log.
  explicit ProgressBar(std::chrono::milliseconds log_interval = std::chrono::minutes(1));
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  /// Whether it is seen by someone, and not kept in a log.
  [[nodiscard]] bool is_on_terminal() const { return terminal_ >= 0; }

  /// True when it is time to draw again.
  [[nodiscard]] bool due() const;
  void draw(const ProgressState& state);
  /// Before anything else is printed.
  void wipe();

 private:
  int terminal_;  // a file descriptor; -1: none
  std::chrono::milliseconds interval_;
  std::chrono::steady_clock::time_point drawn_;
};

}  // namespace lockstep
