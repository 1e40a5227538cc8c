// Where the time of a run goes: laps of a stopwatch, each of which belongs to a phase.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <vector>

namespace lockstep {

/// In the order in which a step comes to them.
enum class Phase {
  gather,      // the samples of the batch
  forward,     // and loss
  backward,    // also what messages do meanwhile
  wait,        // for other ranks
  sum,         // messages between hosts that the backward pass has not hidden
  update,      // with the sum over the ranks of this host
  evaluate,    // on the test set
  checkpoint,  // what of it training waits for, and metrics
};
inline constexpr std::size_t kPhases = 8;
const char* name_of(Phase phase);

/// Seconds of each phase.
using PhaseSeconds = std::array<double, kPhases>;

/// The time of one rank. A lap costs a look at the clock.
class Profile {
 public:
  struct Lap {
    Phase phase;
    double begin;  // seconds since start()
    double end;
  };

  /// Begins anew.
  void start();

  /// The time since the last lap, or since start(), belongs to `phase`.
  void lap(Phase phase);

  [[nodiscard]] const PhaseSeconds& seconds() const { return seconds_; }

  /// The last laps, in order.
  [[nodiscard]] std::vector<Lap> last_laps() const;

 private:
  static constexpr std::size_t kKept = 2000;

  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  double last_ = 0;
  PhaseSeconds seconds_{};
  std::vector<Lap> laps_;  // a ring, once it is full
  std::size_t next_ = 0;   // place in it
};

}  // namespace lockstep
