#include "base/profile.hpp"

#include <algorithm>
#include <utility>

namespace lockstep {

const char* name_of(Phase phase) {
  constexpr std::array<const char*, kPhases> kNames = {"gather", "forward", "backward", "wait",
                                                       "sum",    "update",  "evaluate", "checkpoint"};
  return kNames.at(static_cast<std::size_t>(phase));
}

void Profile::start() {
  *this = {};
  laps_.reserve(kKept);
}

void Profile::lap(Phase phase) {
  const double now = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  const Lap lap{phase, std::exchange(last_, now), now};
  seconds_[static_cast<std::size_t>(phase)] += lap.end - lap.begin;
  if (laps_.size() < kKept)
    laps_.push_back(lap);
  else
    laps_[next_] = lap;
  next_ = (next_ + 1) % kKept;
}

std::vector<Profile::Lap> Profile::last_laps() const {
  std::vector<Lap> laps = laps_;
  if (laps.size() == kKept) std::ranges::rotate(laps, laps.begin() + static_cast<std::ptrdiff_t>(next_));
  return laps;
}

}  // namespace lockstep
