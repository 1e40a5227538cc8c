// Memory that the ranks of a host share: one copy, zero at first, and an error where there is no room.
#include "comm/shared_memory.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <optional>

#include "comm/reducer.hpp"
#include "comm/together.hpp"

namespace lockstep {
namespace {

using testing::AllOf;
using testing::HasSubstr;

/// Files of /dev/shm that the first rank of this host has made.
std::size_t names_left(const Communicator& host) {
  const int process = host.sum(host.is_root() ? ::getpid() : 0);
  const std::filesystem::directory_iterator files(kSharedMemoryFolder);
  return static_cast<std::size_t>(std::count_if(begin(files), end(files), [&](const auto& file) {
    return file.path().filename().string().starts_with(fmt::format("lockstep-{}-", process));
  }));
}

TEST(SharedMemory, IsOneForAllRanks) {
  const Communicator host = Communicator::world().on_this_host();
  constexpr std::size_t kSize = 1U << 20U;
  const auto ranks = static_cast<std::size_t>(host.size());
  const auto rank = static_cast<std::size_t>(host.rank());
  std::optional<SharedMemory> memory(std::in_place, host, host.is_root() ? kSize : 0, part_of(kSize, ranks, rank));
  const std::span<std::byte> bytes = memory->bytes;
  ASSERT_EQ(bytes.size(), kSize);
  EXPECT_TRUE(std::ranges::all_of(bytes, [](std::byte byte) { return byte == std::byte{0}; }));
  host.barrier();
  const Range mine = part_of(kSize, ranks, rank);
  std::ranges::fill(bytes.subspan(mine.begin, mine.size()), static_cast<std::byte>(rank + 1));
  host.barrier();
  for (std::size_t r = 0; r < ranks; ++r) {
    EXPECT_EQ(bytes[part_of(kSize, ranks, r).begin], static_cast<std::byte>(r + 1));
    EXPECT_EQ(bytes[part_of(kSize, ranks, r).end - 1], static_cast<std::byte>(r + 1));
  }
  // It lives as long as its last owner, and is nowhere to be found.
  const std::shared_ptr<const void> owner = memory->owner;
  memory.reset();
  EXPECT_EQ(bytes[mine.begin], static_cast<std::byte>(rank + 1));
  EXPECT_EQ(SharedMemory(host, 0).bytes.size(), 0U);
}

TEST(SharedMemory, LeavesNoName) {
  const Communicator host = Communicator::world().on_this_host();
  const SharedMemory memory(host, 4096);
  host.barrier();
  EXPECT_EQ(names_left(host), 0U);
}

TEST(SharedMemory, IsRefusedOnAllRanksWhereThereIsNoRoom) {
  const Communicator host = Communicator::world().on_this_host();
  if (host.size() == 1) return;  // memory of one process has the size of the machine's
  std::string message;
  bool failed = false;
  try {
    const SharedMemory memory(host, std::size_t{1} << 45U);
  } catch (const Error& error) {
    message = error.what();
    failed = error.status() == ExitStatus::failed;
  } catch (const FailedElsewhere&) {
    failed = true;
  }
  EXPECT_TRUE(failed);
  if (host.is_root()) {
    EXPECT_THAT(message, AllOf(HasSubstr("/dev/shm"), HasSubstr("--shm-size")));
  }
  // Nothing is taken by what has failed.
  EXPECT_EQ(SharedMemory(host, 100).bytes.size(), 100U);
}

TEST(SharedMemory, ReducersTakeWhatTheySay) {
  const Communicator world = Communicator::world();
  const Communicator host = world.on_this_host();
  // Eight slices and a rank of its own for each node of the tree, at least one per rank.
  const std::size_t bytes = GradientReducer::shared_bytes(world, host, 8, 1000);
  EXPECT_GE(bytes, static_cast<std::size_t>(world.size()) * 1000 * sizeof(float));
  EXPECT_LE(bytes, 8 * 1100 * sizeof(float));
}

TEST(SharedRoom, IsCountedBeforeItIsTaken) {
  check_shared_room(1, "a test");
  std::string message;
  try {
    check_shared_room(std::size_t{1} << 60U, "gradients");
  } catch (const Error& error) {
    message = error.what();
  }
  EXPECT_THAT(message, AllOf(HasSubstr("/dev/shm: "), HasSubstr("MB are wanted there for gradients, and "),
                             HasSubstr("MB are free"), HasSubstr("docker run --shm-size")));
}

}  // namespace
}  // namespace lockstep
