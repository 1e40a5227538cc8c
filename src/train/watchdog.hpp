// Ends the job when a rank makes no progress or is gone, and says which.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <thread>

#include "comm/communicator.hpp"
#include "comm/shared_memory.hpp"

namespace lockstep {

/// What a rank is doing. An idle one is not watched: before its first step and after its last. One that is summing
/// waits for others.
enum class Activity : std::uint32_t { idle, computing, summing, evaluating, writing };

/// A thread on every rank that looks whether the ranks of its host move on, and are there. When one does not for the
/// given time, or was killed, the first that notices prints the rank that holds up the others, its host, step and
/// activity, and ends its own process, which makes the launcher end the job.
class Watchdog {
 public:
  /// `seconds` without progress are too many; 0: never. Collective.
  Watchdog(const Communicator& world, std::uint64_t seconds);

  /// This rank is idle from now on.
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  /// This rank has come to something new.
  void beat(Activity activity, std::uint64_t step);

 private:
  /// What a rank says of itself, in memory that its whole host sees.
  struct Beat {
    std::atomic<std::uint64_t> count;  // of beats
    std::atomic<std::uint64_t> pulse;  // of rounds of its watching thread: still when the whole process is stopped
    std::atomic<std::uint64_t> step;
    std::atomic<Activity> activity;
    std::atomic<int> rank;
    std::atomic<pid_t> process;
  };
  static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

  void watch(const std::stop_token& stop);
  /// A rank of this host that was killed, or null.
  [[nodiscard]] const Beat* find_lost() const;
  [[noreturn]] void end_job(const std::string& message);

  std::chrono::seconds limit_;
  Communicator host_;
  SharedMemory memory_;
  std::span<Beat> beats_;  // a rank of the host each, then one more whose count is taken by the rank that reports
  bool sees_processes_;    // of the other ranks, which may live in containers of their own
  std::jthread thread_;
};

}  // namespace lockstep
