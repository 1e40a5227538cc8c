#include "base/memory.hpp"

#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <optional>
#include <sstream>

#include "base/error.hpp"

namespace lockstep {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();

std::uint64_t less(std::uint64_t limit, std::uint64_t used) {
  return limit == kNoLimit ? kNoLimit : limit - std::min(limit, used);
}

/// The number that a file holds; no limit where there is no such file, or no number in it, as in "max".
std::uint64_t number_in(const fs::path& file) {
  std::uint64_t value = 0;
  return std::ifstream(file) >> value ? value : kNoLimit;
}

/// The number after the word `name` in a file of such pairs; 0 where there is none.
std::uint64_t number_after(const fs::path& file, const std::string& name) {
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string word;
    std::uint64_t value = 0;
    if (words >> word >> value && word == name) return value;
  }
  return 0;
}

/// Where a version of control groups keeps its numbers.
struct GroupFiles {
  const char* controller;  // in /proc/self/cgroup
  const char* folder;
  const char* limit;
  const char* used;
  const char* reclaimable;  // pages of files that nobody reads now, in memory.stat
};
constexpr GroupFiles kVersion2 = {"", "sys/fs/cgroup", "memory.max", "memory.current", "inactive_file"};
constexpr GroupFiles kVersion1 = {"memory", "sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes",
                                  "total_inactive_file"};

/// What the group of this process and those above it leave. In a container the group may stand under another name than
/// /proc says; the folder at the top is then its own.
std::uint64_t left_in_groups(const fs::path& root, const GroupFiles& files) {
  std::ifstream lines(root / "proc/self/cgroup");
  std::uint64_t left = kNoLimit;
  for (std::string line; std::getline(lines, line);) {  // "4:cpu,memory:/user.slice", "0::/user.slice"
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = fmt::format(",{},", line.substr(first + 1, second - first - 1));
    if (controllers.find(fmt::format(",{},", files.controller)) == std::string::npos) continue;
    for (fs::path group = line.substr(second + 1);; group = group.parent_path()) {
      const fs::path folder = root / files.folder / group.relative_path();
      const std::uint64_t used = number_in(folder / files.used);
      const std::uint64_t reclaimable = number_after(folder / "memory.stat", files.reclaimable);
      if (used != kNoLimit) left = std::min(left, less(number_in(folder / files.limit), less(used, reclaimable)));
      if (group == group.parent_path()) break;
    }
  }
  return left;
}

/// What the process's own limits leave.
std::uint64_t left_by_limits(const fs::path& root) {
  const auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  std::uint64_t all = 0;
  std::uint64_t skip = 0;
  std::uint64_t data = 0;  // the sixth number, with the stack
  std::ifstream(root / "proc/self/statm") >> all >> skip >> skip >> skip >> skip >> data;
  std::uint64_t left = kNoLimit;
  for (const auto& [which, pages] : {std::pair(RLIMIT_AS, all), std::pair(RLIMIT_DATA, data)}) {
    rlimit limit{};
    if (getrlimit(which, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
      left = std::min(left, less(limit.rlim_cur, page * pages));
  }
  return left;
}

}  // namespace

std::uint64_t available_memory(const fs::path& root) {
  const std::uint64_t kilobytes = number_after(root / "proc/meminfo", "MemAvailable:");
  return std::min({kilobytes == 0 ? kNoLimit : 1024 * kilobytes, left_in_groups(root, kVersion2),
                   left_in_groups(root, kVersion1), left_by_limits(root)});
}

void require_memory(const std::string& source, std::uint64_t bytes) {
  constexpr std::uint64_t kNotWorthALook = 1U << 20;
  if (bytes < kNotWorthALook) return;
  const std::uint64_t available = available_memory();
  if (bytes > available)
    throw bad_input(
        "{}: its data take {} of memory, but only {} are available here; use a part of the data, or a host (a job) "
        "with more memory",
        source, bytes_text(static_cast<double>(bytes)), bytes_text(static_cast<double>(available)));
}

void give_back(std::span<const std::byte> memory) {
  const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  const auto address = reinterpret_cast<std::uintptr_t>(memory.data());
  const std::uintptr_t begin = (address + page - 1) / page * page;
  const std::uintptr_t end = (address + memory.size()) / page * page;
  if (begin < end)
    madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);  // NOLINT(performance-no-int-to-ptr)
}

std::string bytes_text(double bytes) {
  const auto number = [](double value) {
    return value < 10 ? fmt::format("{:.1f}", value) : fmt::format("{:.0f}", value);
  };
  if (bytes < 1e6) return number(1e-3 * bytes) + " kB";
  return bytes < 1e9 ? number(1e-6 * bytes) + " MB" : number(1e-9 * bytes) + " GB";
}

}  // namespace lockstep
