#include "train/watchdog.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <vector>

namespace lockstep {

namespace {

constexpr std::array kActivityNames = {"idle", "computing a step", "summing gradients", "evaluating",
                                       "writing a checkpoint"};

}  // namespace

Watchdog::Watchdog(const Communicator& world, std::uint64_t seconds)
    : limit_(seconds),
      host_(world.on_this_host()),
      memory_(host_, host_.is_root() ? sizeof(Beat) * (static_cast<std::size_t>(host_.size()) + 1) : 0),
      beats_(reinterpret_cast<Beat*>(memory_.bytes.data()), static_cast<std::size_t>(host_.size()) + 1) {
  if (host_.is_root())
    for (Beat& beat : beats_) new (&beat) Beat{};
  host_.barrier();
  beats_[static_cast<std::size_t>(host_.rank())].rank = world.rank();
  host_.barrier();
  if (seconds > 0) thread_ = std::jthread([this](const std::stop_token& stop) { watch(stop); });
}

void Watchdog::beat(Activity activity, std::uint64_t step) {
  Beat& mine = beats_[static_cast<std::size_t>(host_.rank())];
  mine.step = step;
  mine.activity = activity;
  ++mine.count;
}

void Watchdog::watch(const std::stop_token& stop) {
  using Clock = std::chrono::steady_clock;
  /// A counter's value, and since when it has had it.
  struct Seen {
    std::uint64_t value = 0;
    Clock::time_point since = Clock::now();

    std::chrono::duration<double> still(std::uint64_t now_value) {
      if (value != now_value) *this = {now_value, Clock::now()};
      return Clock::now() - since;
    }
  };
  // The ranks of another host that hold up these ones are first given the time to say so themselves.
  constexpr std::chrono::seconds kOthersFirst{2};
  const std::span<Beat> ranks = beats_.first(beats_.size() - 1);
  std::vector<Seen> counts(ranks.size());
  std::vector<Seen> pulses(ranks.size());
  std::mutex mutex;
  std::condition_variable_any sleep;
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex);
      sleep.wait_for(lock, stop, std::chrono::milliseconds(200), [] { return false; });
    }
    ++ranks[static_cast<std::size_t>(host_.rank())].pulse;
    const Beat* culprit = nullptr;
    bool all_wait = true;
    for (std::size_t r = 0; r < ranks.size(); ++r) {
      const auto still = counts[r].still(ranks[r].count);
      const bool stopped = pulses[r].still(ranks[r].pulse) > limit_;
      const bool waits = ranks[r].activity == Activity::summing;
      if (ranks[r].activity != Activity::idle && still > limit_ && (stopped || !waits)) culprit = &ranks[r];
      all_wait = all_wait && waits && still > limit_ + kOthersFirst;
    }
    if (culprit != nullptr || all_wait) end_job(culprit);
  }
}

void Watchdog::end_job(const Beat* culprit) {
  if (beats_.back().count.fetch_add(1) == 0) {
    const std::string where = host_name();
    if (culprit != nullptr)
      fmt::print(stderr,
                 "rank {} ({}): no progress for {} s, in step {}, {}; the job is ended (train.watchdog_seconds)\n",
                 culprit->rank.load(), where, limit_.count(), culprit->step.load(),
                 kActivityNames[static_cast<std::size_t>(culprit->activity.load())]);
    else
      fmt::print(
          stderr,
          "rank {} ({}): the ranks of this host have waited for those of other hosts for {} s, in step {}; the job "
          "is ended (train.watchdog_seconds)\n",
          beats_.front().rank.load(), where, limit_.count(), beats_.front().step.load());
    std::fflush(stderr);
  }
  // Leaves time for the message of whichever rank came first.
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  _exit(static_cast<int>(ExitStatus::failed));
}

}  // namespace lockstep
