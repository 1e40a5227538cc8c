// A process that is alone: groups of one rank, memory and sums without MPI, which this program never starts.
#include "comm/communicator.hpp"

#include <gtest/gtest.h>

#include <array>
#include <numeric>

#include "comm/broadcast.hpp"
#include "comm/leaf_sum.hpp"
#include "comm/reducer.hpp"
#include "comm/shared_memory.hpp"
#include "comm/together.hpp"
#include "config/config.hpp"

namespace lockstep {
namespace {

TEST(AloneCommunicator, IsRankZeroOfOneInEveryGroup) {
  const Communicator alone = Communicator::alone();
  for (const Communicator& comm : {alone, alone.on_this_host(), alone.split(3), alone.split(1, 9)}) {
    EXPECT_EQ(comm.rank(), 0);
    EXPECT_EQ(comm.size(), 1);
    EXPECT_TRUE(comm.is_root());
    comm.barrier();
  }
}

TEST(AloneCommunicator, ItsMessagesAreItsOwn) {
  const Communicator alone = Communicator::alone();
  std::size_t number = 7;
  std::string text = "text";
  std::array<float, 2> values = {1, 2};
  alone.broadcast(number);
  alone.broadcast(text);
  alone.broadcast(values);
  EXPECT_EQ(number, 7U);
  EXPECT_EQ(text, "text");
  EXPECT_EQ(values, (std::array<float, 2>{1, 2}));
  EXPECT_EQ(alone.gather(values), (std::vector<float>{1, 2}));
  EXPECT_EQ(alone.gather(std::array<double, 1>{5}), std::vector<double>{5});
  EXPECT_EQ(alone.gather("text"), std::vector<std::string>{"text"});
  EXPECT_EQ(alone.allgather(4), std::vector<int>{4});
  std::array<float, 2> all{};
  alone.allgather(values, std::array<std::size_t, 1>{2}, all);
  EXPECT_EQ(all, values);
  EXPECT_EQ(alone.minimum(-3), -3);
  EXPECT_EQ(alone.sum(8), 8);

  Config config;
  config.run.name = "a run";
  broadcast(alone, config);
  EXPECT_EQ(config.run.name, "a run");
}

TEST(AloneCommunicator, ItsFailureIsThrown) {
  EXPECT_THROW(together(Communicator::alone(), [] { throw bad_input("wrong"); }), Error);
  EXPECT_EXIT(Communicator::alone().abort(ExitStatus::failed), testing::ExitedWithCode(1), "");
}

TEST(AloneCommunicator, ItsSharedMemoryIsItsOwn) {
  const SharedMemory memory(Communicator::alone(), 1001);
  ASSERT_EQ(memory.bytes.size(), 1001U);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(memory.bytes.data()) % kAlignment, 0U) << "for whatever is put there";
  std::ranges::fill(memory.bytes, std::byte{42});
}

TEST(AloneCommunicator, SumsLeavesAndGradients) {
  const Communicator alone = Communicator::alone();
  LeafSum sum_rows(alone, 3, 1);
  EXPECT_EQ(sum_rows(std::array<double, 3>{1, 2, 4})[0], 7.0);

  GradientReducer reducer(alone, alone, 4, 10, 1);
  for (const std::span<float> buffer : reducer.gradients()) std::ranges::fill(buffer, 3.0F);
  EXPECT_EQ(reducer.exchange(std::array<double, 4>{1, 2, 3, 4})[0], 10.0);
  reducer.wait(0);
  EXPECT_EQ(reducer.sum({0, 10})[9], 3.0F * static_cast<float>(reducer.gradients().size()));
  reducer.finish();
}

}  // namespace
}  // namespace lockstep
