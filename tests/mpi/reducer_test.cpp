// The sum over slices: the bits of one rank's sum, on any number of ranks.
#include "comm/reducer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace lockstep {
namespace {

/// A value whose sums depend on their order: sizes from 2^-20 to 2^20.
float value_of(std::size_t slice, std::size_t i) {
  const auto mixed = static_cast<unsigned>((slice * 2654435761U) ^ (i * 40503U + 977U));
  return std::ldexp(1.0F + static_cast<float>(mixed % 1000U) / 997.0F, static_cast<int>(mixed / 1000U % 41U) - 20);
}

/// The sum over `node` of element i, by the definition of the tree.
float plain_sum(const Range& node, std::size_t i) {
  if (node.size() == 1) return value_of(node.begin, i);
  return plain_sum(left_child(node), i) + plain_sum(right_child(node), i);
}

class ReducerSizes : public testing::TestWithParam<std::pair<std::size_t, std::size_t>> {};

TEST_P(ReducerSizes, GivesTheBitsOfTheTree) {
  const Communicator world = Communicator::world();
  const auto ranks = static_cast<std::size_t>(world.size());
  const auto [wanted_slices, size] = GetParam();
  const std::size_t slices = std::max(wanted_slices, ranks);
  GradientReducer reducer(world, slices, size);
  for (int step = 0; step < 2; ++step) {
    for (std::size_t n = 0; n < reducer.nodes().size(); ++n)
      for (std::size_t i = 0; i < size; ++i) reducer.gradients()[n][i] = plain_sum(reducer.nodes()[n], i);
    const std::span<float> sum = reducer.sum();
    ASSERT_EQ(sum.size(), size);
    for (std::size_t i = 0; i < size; ++i) ASSERT_EQ(sum[i], plain_sum({0, slices}, i)) << "element " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(SlicesAndSizes, ReducerSizes,
                         testing::Values(std::pair(1U, 10U), std::pair(8U, 1U), std::pair(8U, 3U), std::pair(8U, 1000U),
                                         std::pair(11U, 129U), std::pair(16U, 4096U), std::pair(64U, 777U),
                                         std::pair(100U, 50U)));

TEST(Reducer, NodesOfAllRanksMakeUpTheSlices) {
  const Communicator world = Communicator::world();
  const GradientReducer reducer(world, 13, 1);
  std::size_t next = reducer.owned().begin;
  for (const Range& node : reducer.nodes()) {
    EXPECT_EQ(node.begin, next);
    next = node.end;
  }
  EXPECT_EQ(next, reducer.owned().end);
  EXPECT_EQ(world.sum(static_cast<int>(reducer.owned().size())), 13);
}

TEST(SumOverLeaves, GivesTheBitsOfTheTree) {
  const Communicator world = Communicator::world();
  for (const std::size_t leaves : {1U, 2U, 7U, 40U}) {
    const Range mine = part_of(leaves, static_cast<std::size_t>(world.size()), static_cast<std::size_t>(world.rank()));
    std::vector<double> rows;
    for (std::size_t leaf = mine.begin; leaf < mine.end; ++leaf)
      for (std::size_t i = 0; i < 3; ++i) rows.push_back(std::sqrt(static_cast<double>(value_of(leaf, i))));
    const auto expected = [&](auto&& self, const Range& node, std::size_t i) -> double {
      if (node.size() == 1) return std::sqrt(static_cast<double>(value_of(node.begin, i)));
      return self(self, left_child(node), i) + self(self, right_child(node), i);
    };
    const std::vector<double> sums = sum_over_leaves(world, leaves, 3, rows);
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(sums[i], expected(expected, {0, leaves}, i)) << leaves << " leaves";
  }
}

}  // namespace
}  // namespace lockstep
