// Finds the rank for which all others wait.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace lockstep {

/// What a rank spent in some steps, in seconds, and its share of them.
struct RankSeconds {
  double input = 0;    // gathering samples
  double compute = 0;  // forward, backward and update
  double sum = 0;      // messages that were not hidden behind the backward pass
  double wait = 0;     // for other ranks
  double slices = 1;   // of a batch, that it works on

  [[nodiscard]] double own() const { return input + compute; }
  [[nodiscard]] double all() const { return input + compute + sum + wait; }
};

struct Straggler {
  std::size_t rank = 0;
  double times_slower = 1;  // a slice, than the median of the other ranks
  double cost = 0;          // the part of the steps' time that it costs
};

/// The slowest rank, when it costs more than a tenth of a step. Ranks that have more slices than others may take
/// longer.
std::optional<Straggler> find_straggler(std::span<const RankSeconds> ranks);

/// Looks for stragglers while a run goes on.
class StragglerWatch {
 public:
  /// Adds what each rank spent in further steps. Once there is a second of them, so that one slow step says nothing,
  /// gives the straggler in them, unless it was the last to be given, and begins anew.
  std::optional<Straggler> add(std::span<const RankSeconds> ranks);

 private:
  std::vector<RankSeconds> ranks_;
  std::optional<std::size_t> last_;
};

}  // namespace lockstep
