// Which rank is said to hold up the others.
#include "train/straggler.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace lockstep {
namespace {

RankSeconds seconds(double compute, double wait, double slices) {
  return {.input = 0.1, .compute = compute - 0.1, .sum = 0, .wait = wait, .slices = slices};
}

TEST(Straggler, IsTheRankThatIsSlowForItsShare) {
  const std::vector<RankSeconds> ranks = {seconds(1, 1, 2), seconds(1.1, 0.9, 2), seconds(2, 0, 2)};
  const auto found = find_straggler(ranks);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->rank, 2U);
  EXPECT_NEAR(found->times_slower, 2 / 1.1, 1e-12);
  EXPECT_NEAR(found->cost, 0.9 / 2, 1e-12);
}

TEST(Straggler, IsNotARankWithMoreSlicesThanOthers) {
  EXPECT_FALSE(find_straggler(std::vector{seconds(2, 1, 2), seconds(3, 0, 3), seconds(3, 0, 3)}));
}

TEST(Straggler, HasToCostMoreThanATenth) {
  EXPECT_FALSE(find_straggler(std::vector{seconds(1, 0, 1), seconds(1.09, 0, 1)}));
  EXPECT_TRUE(find_straggler(std::vector{seconds(1, 0, 1), seconds(1.2, 0, 1)}));
  EXPECT_FALSE(find_straggler(std::vector{seconds(1, 10, 1), seconds(1.2, 10, 1)}));
}

TEST(Straggler, NeedsOthersAndTime) {
  EXPECT_FALSE(find_straggler(std::vector{seconds(1, 0, 1)}));
  EXPECT_FALSE(find_straggler({}));
  EXPECT_FALSE(find_straggler(std::vector<RankSeconds>(2)));
}

TEST(StragglerWatch, JudgesWhatASecondBrings) {
  const auto rank_after = [](StragglerWatch& watch, const std::vector<RankSeconds>& ranks) {
    const auto found = watch.add(ranks);
    return found ? static_cast<int>(found->rank) : -1;
  };
  const std::vector first_slow = {seconds(0.4, 0, 1), seconds(0.2, 0.2, 1)};
  const std::vector second_slow = {seconds(0.2, 0.2, 1), seconds(0.4, 0, 1)};
  StragglerWatch watch;
  EXPECT_EQ(rank_after(watch, second_slow), -1);
  EXPECT_EQ(rank_after(watch, second_slow), -1);
  EXPECT_EQ(rank_after(watch, first_slow), 1);
  // What was judged does not count again, and a rank is not named twice in a row.
  for (int i = 0; i < 3; ++i) EXPECT_EQ(rank_after(watch, second_slow), -1);
  EXPECT_EQ(rank_after(watch, first_slow), -1);
  EXPECT_EQ(rank_after(watch, first_slow), -1);
  EXPECT_EQ(rank_after(watch, first_slow), 0);
  // Without a straggler in between, it is.
  EXPECT_EQ(rank_after(watch, {seconds(1, 0, 1), seconds(1, 0, 1)}), -1);
  EXPECT_EQ(rank_after(watch, {seconds(2, 0, 1), seconds(1, 1, 1)}), 0);
}

}  // namespace
}  // namespace lockstep
