// Wall-clock time between two points of a program.
#pragma once

#include <chrono>
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

}  // namespace lockstep
