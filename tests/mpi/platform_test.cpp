// What is said of a number of slices that does not suit the hosts.
#include "train/platform.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

/// One name per rank.
std::vector<std::string> hosts_of(std::size_t hosts, std::size_t ranks_of_each) {
  std::vector<std::string> names;
  for (std::size_t rank = 0; rank < hosts * ranks_of_each; ++rank)
    names.push_back(fmt::format("node{}", rank / ranks_of_each));
  return names;
}

TEST(AdviceOnSlices, NamesTheHostsTimesAPowerOfTwo) {
  EXPECT_THAT(advise_on_slices(hosts_of(3, 1), 8), HasSubstr("with 8 slices some of the 3 hosts send 2.1 times"));
  EXPECT_THAT(advise_on_slices(hosts_of(3, 1), 8), HasSubstr("train.slices = 6 no more than 1.3 times"));
  EXPECT_THAT(advise_on_slices(hosts_of(3, 2), 8), HasSubstr("train.slices = 6 "));
  EXPECT_THAT(advise_on_slices(hosts_of(5, 8), 64), HasSubstr("train.slices = 40 "));
  // As many as there are ranks, at least.
  EXPECT_THAT(advise_on_slices(hosts_of(3, 5), 15), HasSubstr("train.slices = 24 "));
}

TEST(AdviceOnSlices, IsGivenWhereItHelps) {
  for (const auto& [hosts, slices] : {std::pair(1, 7), {2, 8}, {4, 8}, {8, 8}, {3, 6}, {3, 12}, {3, 3}, {7, 7}})
    EXPECT_THAT(advise_on_slices(hosts_of(static_cast<std::size_t>(hosts), 1), static_cast<std::size_t>(slices)),
                IsEmpty())
        << hosts << " hosts, " << slices << " slices";
}

TEST(AdviceOnSlices, NeedsAsManyRanksOnEachHost) {
  std::vector<std::string> uneven = hosts_of(3, 1);
  uneven.emplace_back("node0");
  EXPECT_THAT(advise_on_slices(uneven, 8), IsEmpty());
}

}  // namespace
}  // namespace lockstep
