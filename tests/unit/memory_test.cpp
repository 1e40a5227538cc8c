// What memory is left, by the host, by control groups of both versions and by the process's own limits.
#include "base/memory.hpp"

#include <unistd.h>

#include "data_files.hpp"

namespace lockstep {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class MemoryTest : public DataFilesTest {
 protected:
  void put(const std::string& name, const std::string& content) const {
    std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
    static_cast<void>(write(name, content));
  }
};

TEST_F(MemoryTest, ReadsWhatTheHostHas) {
  put("proc/meminfo", "MemTotal:       16000000 kB\nMemFree:  10 kB\nMemAvailable:   1000 kB\n");
  EXPECT_EQ(available_memory(path("")), 1'024'000U);
  EXPECT_GT(available_memory(), 1U << 20U);
}

TEST_F(MemoryTest, KeepsToTheControlGroupAndThoseAboveIt) {
  put("proc/meminfo", "MemAvailable:   1000 kB\n");
  put("proc/self/cgroup", "0::/job/step\n");
  put("sys/fs/cgroup/job/step/memory.max", "max\n");
  put("sys/fs/cgroup/job/step/memory.current", "1000\n");
  EXPECT_EQ(available_memory(path("")), 1'024'000U);
  put("sys/fs/cgroup/job/memory.max", "500000\n");
  put("sys/fs/cgroup/job/memory.current", "300000\n");
  EXPECT_EQ(available_memory(path("")), 200'000U);
  // What the host keeps of files makes room when it is asked for.
  put("sys/fs/cgroup/job/memory.stat", "anon 1\ninactive_file 100000\n");
  EXPECT_EQ(available_memory(path("")), 300'000U);
  put("sys/fs/cgroup/memory.max", "200000\n");
  put("sys/fs/cgroup/memory.current", "250000\n");
  EXPECT_EQ(available_memory(path("")), 0U);
}

TEST_F(MemoryTest, KeepsToControlGroupsOfVersionOne) {
  put("proc/meminfo", "MemAvailable:   1000 kB\n");
  put("proc/self/cgroup", "5:cpu,cpuacct:/a\n4:hugetlb,memory:/job\n");
  put("sys/fs/cgroup/memory/job/memory.limit_in_bytes", "400000\n");
  put("sys/fs/cgroup/memory/job/memory.usage_in_bytes", "300000\n");
  put("sys/fs/cgroup/memory/job/memory.stat", "inactive_file 7\ntotal_inactive_file 50000\n");
  EXPECT_EQ(available_memory(path("")), 150'000U);
}

TEST_F(MemoryTest, KeepsToTheLimitsOfTheProcess) {
  put("proc/self/statm", "10 5 4 3 0 2 0\n");
  rlimit before{};
  getrlimit(RLIMIT_AS, &before);
  const rlimit limit{rlim_t{1} << 46U, before.rlim_max};
  setrlimit(RLIMIT_AS, &limit);
  const std::uint64_t left = available_memory(path(""));
  setrlimit(RLIMIT_AS, &before);
  EXPECT_EQ(left, (std::uint64_t{1} << 46U) - 10 * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)));
}

TEST_F(MemoryTest, RefusesWhatCannotBeHad) {
  EXPECT_NO_THROW(require_memory("a.h5", 1000));
  EXPECT_THAT(bad_input_of([] { return require_memory("a.h5", std::uint64_t{1} << 60U), 0; }),
              AllOf(HasSubstr("a.h5: its data take 1152921505 GB of memory, but only "), HasSubstr(" are available")));
}

}  // namespace
}  // namespace lockstep
