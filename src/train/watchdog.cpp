#include "train/watchdog.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <mutex>
#include <utility>
#include <vector>

namespace lockstep {

namespace {

constexpr std::array kActivityNames = {"idle", "computing a step", "summing gradients", "evaluating",
                                       "writing a checkpoint"};

const char* name_of(Activity activity) {
  return kActivityNames[static_cast<std::size_t>(activity)];
}

bool is_there(pid_t process) {
  return kill(process, 0) == 0 || errno != ESRCH;
}

}  // namespace

Watchdog::Watchdog(const Communicator& world, std::uint64_t seconds)
    : limit_(seconds),
      host_(world.on_this_host()),
      memory_(host_, host_.is_root() ? sizeof(Beat) * (static_cast<std::size_t>(host_.size()) + 1) : 0),
      beats_(reinterpret_cast<Beat*>(memory_.bytes.data()), static_cast<std::size_t>(host_.size()) + 1) {
  if (host_.is_root())
    for (Beat& beat : beats_) new (&beat) Beat{};
  host_.barrier();
  Beat& mine = beats_[static_cast<std::size_t>(host_.rank())];
  mine.rank = world.rank();
  mine.process = getpid();
  host_.barrier();
  const std::span<const Beat> ranks = beats_.first(beats_.size() - 1);
  sees_processes_ = std::ranges::all_of(ranks, [](const Beat& beat) { return is_there(beat.process); });
  host_.barrier();
  thread_ = std::jthread([this](const std::stop_token& stop) { watch(stop); });
}

Watchdog::~Watchdog() {
  beats_[static_cast<std::size_t>(host_.rank())].activity = Activity::idle;
}

void Watchdog::beat(Activity activity, std::uint64_t step) {
  Beat& mine = beats_[static_cast<std::size_t>(host_.rank())];
  mine.step = step;
  mine.activity = activity;
  ++mine.count;
}

const Watchdog::Beat* Watchdog::find_lost() const {
  if (!sees_processes_) return nullptr;
  const std::span<const Beat> ranks = beats_.first(beats_.size() - 1);
  const auto lost = std::ranges::find_if(
      ranks, [](const Beat& beat) { return beat.activity != Activity::idle && !is_there(beat.process); });
  return lost == ranks.end() ? nullptr : &*lost;
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
  constexpr std::chrono::milliseconds kRound{100};
  // A round that took as long was no round: the job was suspended, and its ranks wake up one after the other.
  constexpr std::chrono::seconds kSuspended{2};
  const auto too_long = [this](std::chrono::duration<double> still, std::chrono::seconds more = {}) {
    return limit_.count() > 0 && still > limit_ + more;
  };
  const std::span<Beat> ranks = beats_.first(beats_.size() - 1);
  std::vector<Seen> counts(ranks.size());
  std::vector<Seen> pulses(ranks.size());
  Clock::time_point last_round = Clock::now();
  std::mutex mutex;
  std::condition_variable_any sleep;
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex);
      sleep.wait_for(lock, stop, kRound, [] { return false; });
    }
    ++ranks[static_cast<std::size_t>(host_.rank())].pulse;
    if (const auto now = Clock::now(); now - std::exchange(last_round, now) > kSuspended) {
      counts.assign(ranks.size(), {});
      pulses.assign(ranks.size(), {});
    }
    if (const Beat* lost = find_lost())
      end_job(fmt::format("rank {} ({}): the process has ended in step {}, {}: killed, perhaps for want of memory",
                          lost->rank.load(), host_name(), lost->step.load(), name_of(lost->activity)));

    const Beat* stopped = nullptr;  // with all its threads
    const Beat* busy = nullptr;     // with something that does not end
    bool all_wait = true;
    for (std::size_t r = 0; r < ranks.size(); ++r) {
      const auto still = counts[r].still(ranks[r].count);
      const bool pulse_stopped = too_long(pulses[r].still(ranks[r].pulse));
      const bool waits = ranks[r].activity == Activity::summing;
      if (ranks[r].activity != Activity::idle && too_long(still)) {
        if (pulse_stopped) stopped = &ranks[r];
        if (!waits) busy = &ranks[r];
      }
      all_wait = all_wait && waits && too_long(still, kOthersFirst);
    }
    if (const Beat* culprit = stopped != nullptr ? stopped : busy)
      end_job(fmt::format("rank {} ({}): no progress for {} s, in step {}, {} (train.watchdog_seconds)",
                          culprit->rank.load(), host_name(), limit_.count(), culprit->step.load(),
                          name_of(culprit->activity)));
    if (all_wait)
      end_job(
          fmt::format("rank {} ({}): the ranks of this host have waited for those of other hosts for {} s, in step {} "
                      "(train.watchdog_seconds)",
                      ranks.front().rank.load(), host_name(), limit_.count(), ranks.front().step.load()));
  }
}

void Watchdog::end_job(const std::string& message) {
  if (beats_.back().count.fetch_add(1) == 0) {
    fmt::print(stderr, "{}; the job is ended\n", message);
    std::fflush(stderr);
  }
  // Leaves time for the message of whichever rank came first.
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  _exit(static_cast<int>(ExitStatus::failed));
}

}  // namespace lockstep
