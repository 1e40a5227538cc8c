// Slices and the summation tree: every cut of the leaves among ranks gives the bits of the whole tree.
#include "base/partition.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "base/random.hpp"

namespace lockstep {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;

TEST(Partition, PartsCoverAllAndDifferByOneAtMost) {
  for (std::size_t total = 0; total <= 50; ++total) {
    for (std::size_t parts = 1; parts <= 20; ++parts) {
      std::size_t next = 0;
      for (std::size_t index = 0; index < parts; ++index) {
        const Range part = part_of(total, parts, index);
        ASSERT_EQ(part.begin, next);
        ASSERT_GE(part.size(), total / parts);
        ASSERT_LE(part.size(), (total + parts - 1) / parts);
        next = part.end;
      }
      ASSERT_EQ(next, total);
    }
  }
}

TEST(Partition, RangesContainRanges) {
  const Range range{2, 5};
  EXPECT_EQ(range.size(), 3U);
  EXPECT_TRUE(range.contains({2, 5}));
  EXPECT_TRUE(range.contains({3, 4}));
  EXPECT_FALSE(range.contains({1, 3}));
  EXPECT_FALSE(range.contains({4, 6}));
}

TEST(Partition, RowsOfOwnedSlicesCountFromTheFirstOwnedSample) {
  const OwnedSlices owned(10, 4, {1, 3});  // slices of 2, 3, 2 and 3 samples
  EXPECT_EQ(owned.numbers, (Range{1, 3}));
  EXPECT_EQ(owned.samples, (Range{2, 7}));
  EXPECT_THAT(owned.rows, ElementsAre(Range{0, 3}, Range{3, 5}));
  EXPECT_EQ(owned.rows_of(1), (Range{0, 3}));
  EXPECT_EQ(owned.rows_of(2), (Range{3, 5}));
}

TEST(Partition, OwnedSlicesOfAllRanksCoverTheBatch) {
  for (const std::size_t batch : {1U, 3U, 8U, 100U}) {
    for (std::size_t ranks = 1; ranks <= 8; ++ranks) {
      std::size_t next = 0;
      for (std::size_t rank = 0; rank < ranks; ++rank) {
        const OwnedSlices owned(batch, 8, part_of(8, ranks, rank));
        ASSERT_EQ(owned.samples.begin, next);
        for (std::size_t slice = owned.numbers.begin; slice < owned.numbers.end; ++slice) {
          const Range rows = owned.rows_of(slice);
          ASSERT_EQ((Range{owned.samples.begin + rows.begin, owned.samples.begin + rows.end}),
                    part_of(batch, 8, slice));
        }
        next = owned.samples.end;
      }
      ASSERT_EQ(next, batch);
    }
  }
}

TEST(Partition, LeftChildHoldsTheLargestSmallerPowerOfTwo) {
  const std::map<std::size_t, std::size_t> left_size_of{{2, 1}, {3, 2}, {4, 2}, {5, 4},
                                                        {7, 4}, {8, 4}, {9, 8}, {17, 16}};
  for (const auto& [size, left_size] : left_size_of) {
    const Range node{3, 3 + size};
    EXPECT_EQ(left_child(node), (Range{3, 3 + left_size}));
    EXPECT_EQ(right_child(node), (Range{3 + left_size, 3 + size}));
  }
}

using Parents = std::map<std::pair<std::size_t, std::size_t>, Range>;

/// Every node of the tree below `node` with its parent.
void collect_parents(const Range& node, const Range& parent, Parents& parents) {
  parents[{node.begin, node.end}] = parent;
  if (node.size() == 1) return;
  collect_parents(left_child(node), node, parents);
  collect_parents(right_child(node), node, parents);
}

TEST(Partition, MaximalNodesAreTheFewestThatMakeUpARange) {
  for (std::size_t leaves = 1; leaves <= 40; ++leaves) {
    const Range root{0, leaves};
    Parents parents;
    collect_parents(root, {0, leaves + 1}, parents);
    for (std::size_t begin = 0; begin < leaves; ++begin) {
      for (std::size_t end = begin + 1; end <= leaves; ++end) {
        std::size_t next = begin;
        for (const Range& node : maximal_nodes(root, {begin, end})) {
          ASSERT_EQ(node.begin, next);
          ASSERT_TRUE(parents.contains({node.begin, node.end}));
          ASSERT_FALSE((Range{begin, end}.contains(parents[{node.begin, node.end}])));
          next = node.end;
        }
        ASSERT_EQ(next, end);
      }
    }
  }
}

TEST(Partition, NoNodesMakeUpNothing) {
  for (std::size_t i = 0; i <= 8; ++i) EXPECT_THAT(maximal_nodes({0, 8}, {i, i}), IsEmpty());
}

TEST(Partition, AddAddsElementByElement) {
  std::vector<float> sum{1, 2, 3};
  add(sum, std::vector<float>{10, 20, 30}, sum);
  EXPECT_THAT(sum, ElementsAre(11, 22, 33));
  EXPECT_DEATH(add(sum, std::vector<float>{1}, sum), "summands must have equal sizes");
}

constexpr std::size_t kWidth = 3;  // of a leaf's summand

/// The summand of a leaf: numbers of very different sizes, so that the order of a sum shows in its bits.
void write_leaf(std::size_t leaf, std::span<float> out) {
  RandomSequence random(1, Purpose::initial_weights, leaf);
  for (float& value : out) {
    value = random.next_uniform() - 0.5F;
    value *= static_cast<float>(1U << random.next_below(20));
  }
}

std::vector<float> sum_of(const Range& node) {
  std::vector<std::vector<float>> scratch(static_cast<std::size_t>(std::bit_width(node.size())),
                                          std::vector<float>(kWidth));
  std::vector<float> sum(kWidth);
  tree_sum<float>(node, sum, write_leaf, [&](std::size_t depth) { return std::span(scratch.at(depth)); });
  return sum;
}

std::vector<float> operator+(const std::vector<float>& a, const std::vector<float>& b) {
  std::vector<float> sum(a.size());
  add(a, b, sum);
  return sum;
}

TEST(Partition, TreeSumAddsInTreeOrder) {
  std::vector<std::vector<float>> leaves(5, std::vector<float>(kWidth));
  for (std::size_t leaf = 0; leaf < leaves.size(); ++leaf) write_leaf(leaf, leaves[leaf]);
  EXPECT_EQ(sum_of({0, 1}), leaves[0]);
  EXPECT_EQ(sum_of({0, 5}), ((leaves[0] + leaves[1]) + (leaves[2] + leaves[3])) + leaves[4]);
  EXPECT_EQ(sum_of({1, 4}), (leaves[1] + leaves[2]) + leaves[3]);
  // With these summands another order would have shown.
  EXPECT_NE(sum_of({0, 5}), (leaves[0] + leaves[1]) + leaves[2] + leaves[3] + leaves[4]);
}

TEST(Partition, EveryCutAmongRanksGivesTheSameBits) {
  for (std::size_t leaves = 1; leaves <= 11; ++leaves) {
    const Range root{0, leaves};
    const std::vector<float> whole = sum_of(root);
    for (std::size_t cuts = 0; cuts < std::size_t{1} << (leaves - 1); ++cuts) {  // bit i: a rank ends after leaf i
      std::vector<Range> nodes;
      std::size_t begin = 0;
      for (std::size_t leaf = 0; leaf < leaves; ++leaf) {
        if (leaf + 1 < leaves && (cuts >> leaf & 1) == 0) continue;
        std::ranges::copy(maximal_nodes(root, {begin, leaf + 1}), std::back_inserter(nodes));
        begin = leaf + 1;
      }
      std::vector<std::vector<float>> sums;
      std::ranges::transform(nodes, std::back_inserter(sums), sum_of);
      const std::vector<std::vector<float>> before = sums;
      std::vector<std::vector<float>> scratch(static_cast<std::size_t>(std::bit_width(leaves)) + 1,
                                              std::vector<float>(kWidth));
      const auto sum = tree_sum_parts<float>(
          root, nodes, [&](std::size_t k) { return std::span<const float>(sums[k]); },
          [&](std::size_t depth) { return std::span(scratch.at(depth)); });
      ASSERT_THAT(sum, ElementsAreArray(whole)) << leaves << " leaves, cuts " << cuts;
      ASSERT_EQ(sums, before);
    }
  }
}

}  // namespace
}  // namespace lockstep
