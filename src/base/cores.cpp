#include "base/cores.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sched.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <sstream>

namespace lockstep {

namespace {

constexpr int kThreads = 8192;  // the most that Linux can have
using Mask = std::array<cpu_set_t, kThreads / CPU_SETSIZE>;

/// The threads in this thread's affinity mask; empty where it is not to be had.
std::vector<int> bound_threads() {
  Mask mask{};
  std::vector<int> threads;
  if (sched_getaffinity(0, sizeof mask, mask.data()) != 0) return threads;
  for (int thread = 0; thread < kThreads; ++thread)
    if (CPU_ISSET_S(static_cast<std::size_t>(thread), sizeof mask, mask.data())) threads.push_back(thread);
  return threads;
}

}  // namespace

Cores cores_of_threads(const std::vector<int>& threads, const std::filesystem::path& system) {
  Cores cores;
  for (const int thread : threads) {
    std::ifstream siblings(system / fmt::format("cpu{}", thread) / "topology/thread_siblings_list");
    int lowest = thread;
    siblings >> lowest;  // of a list like "3,67" or "6-7"
    cores.push_back(siblings ? lowest : thread);
  }
  std::ranges::sort(cores);
  cores.erase(std::ranges::unique(cores).begin(), cores.end());
  return cores;
}

Cores bound_cores() {
  return cores_of_threads(bound_threads());
}

Cores allowed_cores() {
  Mask before{};
  if (sched_getaffinity(0, sizeof before, before.data()) != 0) return bound_cores();
  Mask all{};
  std::memset(all.data(), 0xff, sizeof all);
  // The kernel takes of all threads those that this process may have.
  sched_setaffinity(0, sizeof all, all.data());
  Cores cores = bound_cores();
  sched_setaffinity(0, sizeof before, before.data());
  return cores;
}

void bind_thread(const Cores& cores) {
  Mask mask{};
  for (const int core : cores) CPU_SET_S(static_cast<std::size_t>(core), sizeof mask, mask.data());
  sched_setaffinity(0, sizeof mask, mask.data());
}

std::string to_text(const Cores& cores) {
  return fmt::format("{}", fmt::join(cores, " "));
}

Cores cores_from_text(const std::string& text) {
  std::istringstream numbers(text);
  Cores cores;
  for (int core = 0; numbers >> core;) cores.push_back(core);
  return cores;
}

}  // namespace lockstep
