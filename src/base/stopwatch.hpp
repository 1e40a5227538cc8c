// Wall-clock time: between two points of a program, and of the day.
#pragma once

#include <chrono>
#include <cmath>
#include <utility>

namespace lockstep {

class Stopwatch {
 public:
  /// Seconds since construction or the last lap.
  double lap() {
    const auto now = std::chrono::steady_clock::now();
    const std::chrono::duration<double> passed = now - std::exchange(start_, now);
    return passed.count();
  }

  /// The same, and goes on.
  [[nodiscard]] double seconds() const { return Stopwatch(*this).lap(); }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// Seconds since 1970, UTC.
inline double unix_time(std::chrono::system_clock::time_point time = std::chrono::system_clock::now()) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

/// Seconds to the millisecond, for files.
inline double rounded_to_ms(double seconds) {
  return std::round(seconds * 1e3) / 1e3;
}

}  // namespace lockstep
