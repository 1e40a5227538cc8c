// Messages between ranks, agreement on failures, shared memory.
#include "comm/communicator.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <ctime>
#include <thread>

#include "comm/broadcast.hpp"
#include "comm/helpers.hpp"
#include "comm/shared_memory.hpp"
#include "comm/together.hpp"
#include "config/config.hpp"
#include "optim/schedules.hpp"

namespace lockstep {
namespace {

TEST(Communicator, BroadcastsText) {
  const Communicator world = Communicator::world();
  std::string text = world.is_root() ? std::string("a\0b", 3) : "something longer that must vanish";
  world.broadcast(text);
  EXPECT_EQ(text, std::string("a\0b", 3));
}

TEST(Communicator, GathersTextsInOrderOfRanks) {
  const Communicator world = Communicator::world();
  const auto texts = world.gather(std::string(static_cast<std::size_t>(world.rank()), 'x'));
  if (!world.is_root()) {
    EXPECT_TRUE(texts.empty());
    return;
  }
  ASSERT_EQ(texts.size(), static_cast<std::size_t>(world.size()));
  for (std::size_t rank = 0; rank < texts.size(); ++rank) EXPECT_EQ(texts[rank], std::string(rank, 'x'));
}

TEST(Communicator, LendsTheCoresOfRanksThatWait) {
  const Communicator world = Communicator::world();
  const Helpers helpers = helpers_on(world);
  EXPECT_EQ(helpers.size(), world.is_root() ? static_cast<std::size_t>(world.size()) - 1 : 0);
  const auto processor_time = [] { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; };
  const double before = processor_time();
  together(world, [&] {
    if (world.is_root()) std::this_thread::sleep_for(std::chrono::milliseconds(500));
  });
  EXPECT_LT(processor_time() - before, 0.25) << "a rank that waits leaves its core to others";
}

TEST(Communicator, GathersPartsOfUnequalSize) {
  const Communicator world = Communicator::world();
  const std::vector<double> mine(static_cast<std::size_t>(world.rank()), world.rank());
  std::vector<std::size_t> counts;
  for (int rank = 0; rank < world.size(); ++rank) counts.push_back(static_cast<std::size_t>(rank));
  std::vector<double> expected;
  for (int rank = 0; rank < world.size(); ++rank) expected.insert(expected.end(), static_cast<std::size_t>(rank), rank);

  std::vector<double> all(expected.size());
  world.allgather(mine, counts, all);
  EXPECT_EQ(all, expected);
  EXPECT_EQ(world.gather(mine), world.is_root() ? expected : std::vector<double>());
}

TEST(Communicator, MinimumAndSum) {
  const Communicator world = Communicator::world();
  EXPECT_EQ(world.minimum(10 - world.rank()), 11 - world.size());
  EXPECT_EQ(world.sum(world.rank()), world.size() * (world.size() - 1) / 2);
}

TEST(Broadcast, CarriesAWholeConfiguration) {
  const Communicator world = Communicator::world();
  Config config;
  if (world.is_root()) {
    config.run.name = "a run";
    config.data.classes = {"one", "two"};
    config.model.hidden = {{3, kActivation<Tanh>}, {4, kActivation<LeakyRelu>}};
    config.train.loss = {.name = kLoss<Huber>, .huber_delta = 3};
    config.optimizer.learning_rate = 0.125;
    config.schedule.name = schedule_named("cosine");
    config.checkpoint.keep = 7;
    config.metrics.every_steps = 9;
    config.metrics.ranks_every_steps = 10;
  }
  broadcast(world, config);
  EXPECT_EQ(config.run.name, "a run");
  EXPECT_EQ(config.data.classes, (std::vector<std::string>{"one", "two"}));
  ASSERT_EQ(config.model.hidden.size(), 2U);
  EXPECT_EQ(config.model.hidden[1].units, 4U);
  EXPECT_EQ(config.model.hidden[1].activation, kActivation<LeakyRelu>);
  EXPECT_EQ(config.train.loss.name, kLoss<Huber>);
  EXPECT_EQ(config.train.loss.huber_delta, 3.0);
  EXPECT_EQ(config.optimizer.learning_rate, 0.125);
  EXPECT_EQ(config.schedule.name, schedule_named("cosine"));
  EXPECT_EQ(config.checkpoint.keep, 7U);
  EXPECT_EQ(config.metrics.every_steps, 9U);
  EXPECT_EQ(config.metrics.ranks_every_steps, 10U);
}

TEST(Communicator, SumsCountsOfAllRanks) {
  const Communicator world = Communicator::world();
  const auto ranks = static_cast<std::uint64_t>(world.size());
  std::vector<std::uint64_t> counts{1, static_cast<std::uint64_t>(world.rank()), std::uint64_t{1} << 53};
  world.sum(counts);
  EXPECT_EQ(counts, (std::vector<std::uint64_t>{ranks, ranks * (ranks - 1) / 2, ranks << 53}));
}

TEST(Together, NothingHappensWhenNobodyFails) {
  int calls = 0;
  together(Communicator::world(), [&] { ++calls; });
  EXPECT_EQ(calls, 1);
}

/// What `together` throws on this rank: a message, "elsewhere", or nothing.
std::string outcome(const std::function<void()>& work) {
  try {
    together(Communicator::world(), work);
  } catch (const Error& error) {
    return error.what();
  } catch (const FailedElsewhere&) {
    return "elsewhere";
  }
  return "";
}

TEST(Together, TheLowestFailingRankSaysIt) {
  const Communicator world = Communicator::world();
  const int lowest = world.size() / 2;
  const std::string result = outcome([&] {
    if (world.rank() >= lowest) throw bad_input("rank {} failed", world.rank());
  });
  EXPECT_EQ(result, world.rank() == lowest ? fmt::format("rank {} failed", lowest) : "elsewhere");
}

TEST(SharedMemory, AllRanksOfAHostSeeTheSameBytes) {
  const Communicator host = Communicator::world().on_this_host();
  const SharedMemory memory(host, host.is_root() ? 1000 : 0);
  ASSERT_EQ(memory.bytes.size(), 1000U);
  if (host.is_root()) std::memset(memory.bytes.data(), 42, memory.bytes.size());
  host.barrier();
  EXPECT_TRUE(std::ranges::all_of(memory.bytes, [](std::byte value) { return value == std::byte{42}; }));
  host.barrier();
}

}  // namespace
}  // namespace lockstep
