// Cores and hardware threads.
#include "base/cores.hpp"

#include <gtest/gtest.h>
#include <sched.h>

#include <fstream>
#include <thread>

namespace lockstep {
namespace {

/// Two cores of two threads each, 0 with 2 and 1 with 3, described as Linux does.
std::filesystem::path two_cores_of_two_threads() {
  const std::filesystem::path system = testing::TempDir() + "cores";
  for (int thread = 0; thread < 4; ++thread) {
    const auto folder = system / ("cpu" + std::to_string(thread)) / "topology";
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "thread_siblings_list") << thread % 2 << ',' << thread % 2 + 2 << '\n';
  }
  return system;
}

TEST(Cores, ThreadsOfOneCoreAreOneCore) {
  const auto system = two_cores_of_two_threads();
  EXPECT_EQ(cores_of_threads({0, 1, 2, 3}, system), (Cores{0, 1}));
  EXPECT_EQ(cores_of_threads({2}, system), Cores{0});
  EXPECT_EQ(cores_of_threads({3, 1}, system), Cores{1});
  EXPECT_EQ(cores_of_threads({}, system), Cores());
}

TEST(Cores, AnUnknownThreadIsACore) {
  EXPECT_EQ(cores_of_threads({5, 9}, "/nowhere"), (Cores{5, 9}));
}

TEST(Cores, AsTextAndBack) {
  for (const Cores& cores : {Cores{}, Cores{7}, Cores{0, 1, 127}}) EXPECT_EQ(cores_from_text(to_text(cores)), cores);
}

TEST(Cores, TheMaskBoundsThemButNotWhatIsAllowed) {
  // A thread has a mask of its own, which ends with it.
  std::thread([] {
    const Cores allowed = allowed_cores();
    ASSERT_FALSE(allowed.empty());
    cpu_set_t mask;
    CPU_ZERO(&mask);
    CPU_SET(static_cast<std::size_t>(allowed.back()), &mask);
    ASSERT_EQ(sched_setaffinity(0, sizeof mask, &mask), 0);
    EXPECT_EQ(bound_cores(), Cores{allowed.back()});
    EXPECT_EQ(allowed_cores(), allowed);
    EXPECT_EQ(bound_cores(), Cores{allowed.back()});
  }).join();
}

}  // namespace
}  // namespace lockstep
