// A line that shows how far an epoch has come, where standard output is a terminal.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace lockstep {

/// What the line shows.
struct ProgressState {
  std::uint64_t epoch = 0;   // under way, from 1
  std::uint64_t epochs = 0;  // of the run
  std::uint64_t step = 0;    // complete, of this epoch
  std::uint64_t steps = 0;   // of an epoch
  double loss = 0;           // mean over the epoch so far
  double samples_per_second = 0;
  double seconds_left = 0;  // of the run
};

/// The text of the line: "epoch 3/12 [#####...............]  25%  loss 0.3412  52130 samples/s  0:25 left".
std::string progress_line(const ProgressState& state);

/// Draws and wipes the line, at most ten times a second. Does nothing where standard output is no terminal.
class ProgressBar {
 public:
  ProgressBar();

  /// True when it is time to draw again.
  [[nodiscard]] bool due() const;
  void draw(const ProgressState& state);
  void wipe() const;

 private:
  bool enabled_;
  std::chrono::steady_clock::time_point drawn_;
};

}  // namespace lockstep
