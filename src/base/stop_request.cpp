#include "base/stop_request.hpp"

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdint>
#include <ctime>

namespace lockstep {

namespace {

/// When the first signal came, in monotonic nanoseconds; 0: not yet. A signal handler can reach nothing but a global.
std::atomic<std::int64_t> first_signal{0};
static_assert(std::atomic<std::int64_t>::is_always_lock_free);

std::int64_t now() {
  constexpr std::int64_t kNanoseconds = 1'000'000'000;
  std::timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * kNanoseconds + time.tv_nsec;
}

extern "C" void note_stop_signal(int signal) {
  constexpr std::int64_t kEcho = 1'000'000'000;
  std::int64_t first = 0;
  if (first_signal.compare_exchange_strong(first, now())) return;
  if (signal != SIGUSR1 && now() - first >= kEcho) _exit(128 + signal);
}

}  // namespace

void listen_for_stop_signals() {
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1}) {
    struct sigaction action {};
    // What nohup has done stays done.
    if (signal == SIGHUP && sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN) continue;
    action.sa_handler = note_stop_signal;
    action.sa_flags = SA_RESTART;
    sigaction(signal, &action, nullptr);
  }
  std::signal(SIGPIPE, SIG_IGN);
}

bool stop_requested() {
  return first_signal.load() != 0;
}

}  // namespace lockstep
