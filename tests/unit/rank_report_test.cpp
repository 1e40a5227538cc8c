// Differences between ranks, in words.
#include "base/rank_report.hpp"

#include <gtest/gtest.h>

#include <array>

namespace lockstep {
namespace {

const std::vector<std::string> kHosts = {"a", "a", "a", "b", "b", "c", "c", "d", "e", "f"};

std::string names(const std::vector<std::size_t>& ranks) {
  return name_ranks(ranks, kHosts);
}

TEST(RankReport, NamesRanksAndTheirHosts) {
  EXPECT_EQ(names({3}), "rank 3 on b");
  EXPECT_EQ(names({0, 1, 2}), "ranks 0 to 2 on a");
  EXPECT_EQ(names({0, 2, 3}), "ranks 0, 2 to 3 on a, b");
  EXPECT_EQ(names({0, 2, 4, 6, 8}), "ranks 0, 2, 4, 6 and 1 more on a, b, c, e");
  EXPECT_EQ(names({0, 3, 5, 7, 8, 9}), "ranks 0, 3, 5, 7 to 9 on a, b, c, d and 2 more");
}

TEST(RankReport, SaysWhoHasWhat) {
  const std::vector<std::string> hosts = {"a", "a", "b", "b"};
  EXPECT_EQ(describe_differences(std::vector<std::string>{"X", "X", "X", "X"}, hosts), "");
  EXPECT_EQ(describe_differences(std::vector<std::string>{"Y", "Y", "X", "X"}, hosts),
            "ranks 0 to 1 on a have Y; ranks 2 to 3 on b have X");
  EXPECT_EQ(describe_differences(std::vector<std::string>{"Y", "Y", "X", "Y"}, hosts),
            "ranks 0 to 1, 3 on a, b have Y; rank 2 on b has X");
  EXPECT_EQ(describe_differences({}, {}), "");
}

std::string crowded(const std::vector<Cores>& cores, const std::vector<std::string>& hosts) {
  return describe_crowded(cores, hosts);
}

TEST(RankReport, ACoreEachIsNoCrowd) {
  EXPECT_EQ(crowded({{0}, {1}}, {"a", "a"}), "");
  EXPECT_EQ(crowded({{0, 1}, {0, 1}}, {"a", "a"}), "");
  EXPECT_EQ(crowded({{0}, {0}}, {"a", "b"}), "");
  EXPECT_EQ(crowded({{0}, {0, 1}, {0, 1, 2}}, {"a", "a", "a"}), "");
}

TEST(RankReport, MoreRanksThanCoresAreACrowd) {
  EXPECT_EQ(crowded({{0, 1}, {0, 1}, {0, 1}}, {"a", "a", "a"}), "ranks 0 to 2 on a share 2 cores");
  // Bound one upon another, while other cores are idle.
  EXPECT_EQ(crowded({{0}, {0}, {1}}, {"a", "a", "a"}), "ranks 0 to 1 on a share 1 core");
  EXPECT_EQ(crowded({{0}, {1}, {0}, {1}}, {"a", "a", "a", "a"}), "ranks 0 to 3 on a share 2 cores");
  EXPECT_EQ(crowded({{0}, {1}, {0, 1}}, {"a", "a", "a"}), "ranks 0 to 2 on a share 2 cores");
  EXPECT_EQ(crowded({{0}, {5}, {0}, {5}}, {"a", "b", "a", "b"}),
            "ranks 0, 2 on a share 1 core; ranks 1, 3 on b share 1 core");
}

TEST(RankReport, Median) {
  EXPECT_EQ(median({3, 1, 2}), 2);
  EXPECT_EQ(median({1, 4}), 4);
  EXPECT_EQ(median({7}), 7);
}

TEST(RankReport, NamesTheLowOnesLowestFirst) {
  const std::vector<std::string> hosts = {"a", "b", "c"};
  EXPECT_EQ(describe_low(std::array{100.0, 90.0, 80.0}, 100, 0.7, hosts), "");
  EXPECT_EQ(describe_low(std::array{60.0, 100.0, 40.0}, 100, 0.7, hosts), "rank 2 on c at 40 %, rank 0 on a at 60 %");
  EXPECT_EQ(describe_low(std::array{5.0, 10.0, 10.0}, 10, 0.7, hosts), "rank 0 on a at 50 %");
}

}  // namespace
}  // namespace lockstep
