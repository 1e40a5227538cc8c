// Measurements between ranks: they end, and what they find is possible.
#include "comm/speed.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

namespace lockstep {
namespace {

/// How ranks are spread over hosts: all on one, in pairs, on two in turn, and each on its own.
constexpr std::array<int (*)(int), 4> kHostsOfRanks = {[](int) { return 0; }, [](int rank) { return rank / 2; },
                                                       [](int rank) { return rank % 2; },
                                                       [](int rank) { return rank; }};

TEST(Speed, SumsAreMeasuredOnAnyLayoutOfHosts) {
  const Communicator world = Communicator::world();
  for (const auto host_of : kHostsOfRanks) {
    const Communicator host = world.split(host_of(world.rank()));
    for (const std::size_t size : {1U, 100000U}) {
      const double seconds = measure_sum(world, host, size);
      EXPECT_TRUE(std::isfinite(seconds) && seconds > 0) << seconds;
      const auto nanoseconds = static_cast<int>(1e9 * std::min(seconds, 1.0));
      EXPECT_EQ(world.minimum(nanoseconds), -world.minimum(-nanoseconds)) << "all ranks have rank 0's";
    }
  }
}

TEST(Speed, LinksGoFromRankZeroToTheFirstRankOfEachOtherHost) {
  const Communicator world = Communicator::world();
  for (const auto host_of : kHostsOfRanks) {
    std::set<int> seen = {host_of(0)};
    std::vector<int> expected;
    for (int rank = 1; rank < world.size(); ++rank)
      if (seen.insert(host_of(rank)).second && world.is_root()) expected.push_back(rank);
    std::vector<int> ranks;
    for (const Link& link : measure_links(world, world.split(host_of(world.rank())))) {
      ranks.push_back(link.rank);
      EXPECT_GT(link.latency, 0);
      EXPECT_GT(link.bytes_per_second, 0);
    }
    EXPECT_EQ(ranks, expected);
  }
}

TEST(Speed, AMessageArrivesWhetherItMovesUnaskedOrNot) {
  const Communicator world = Communicator::world();
  if (world.size() == 1) return;
  const int moved = moves_unasked(world) ? 1 : 0;
  EXPECT_EQ(world.minimum(moved), -world.minimum(-moved)) << "all ranks find the same";
}

}  // namespace
}  // namespace lockstep
