// The sum over slices: the bits of one rank's sum, on any number of ranks.
#include "comm/reducer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <thread>

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

/// The whole sum as the ranks of this host have it together, on each of them.
std::vector<float> sum_of(GradientReducer& reducer, const Communicator& host, std::size_t size) {
  std::vector<float> mine(size, NAN);
  for (std::size_t p = 0; p < reducer.parts().size(); ++p) {
    const Range& part = reducer.parts()[p];
    reducer.wait(p);
    for (std::size_t begin = part.begin; begin < part.end; begin += GradientReducer::kChunk)
      std::ranges::copy(reducer.sum({begin, std::min(part.end, begin + GradientReducer::kChunk)}),
                        mine.begin() + static_cast<std::ptrdiff_t>(begin));
  }
  std::vector<float> all(size * static_cast<std::size_t>(host.size()));
  host.allgather(mine, std::vector<std::size_t>(static_cast<std::size_t>(host.size()), size), all);
  std::vector<float> sum(size, NAN);
  for (std::size_t k = 0; k < all.size(); ++k) {
    if (std::isnan(all[k])) continue;
    EXPECT_TRUE(std::isnan(sum[k % size])) << "element " << k % size << " is in two parts";
    sum[k % size] = all[k];
  }
  return sum;
}

/// Layers that end with `size`: some small, one large.
std::vector<Range> layers_of(std::size_t size) {
  return {{0, size / 7}, {size / 7, size - size / 5}, {size - size / 5, size - size / 9}, {size - size / 9, size}};
}

class ReducerSizes : public testing::TestWithParam<std::pair<std::size_t, std::size_t>> {};

TEST_P(ReducerSizes, GivesTheBitsOfTheTreeOnAnyLayoutOfHosts) {
  const Communicator world = Communicator::world();
  const int rank = world.rank();
  const auto [wanted_slices, size] = GetParam();
  const std::size_t slices = std::max(wanted_slices, static_cast<std::size_t>(world.size()));
  std::vector<float> expected;
  for (std::size_t i = 0; i < size; ++i) expected.push_back(plain_sum({0, slices}, i));
  // All on one host, in pairs, on every other, an uneven split, and each on its own: as if this were several hosts.
  for (const int host_number : {0, rank / 2, rank % 2, rank == 0 ? 0 : 1, rank}) {
    const Communicator host = world.split(host_number);
    const std::vector<Range> layers = layers_of(size);
    GradientReducer reducer(world, host, slices, size, 1);
    for (int step = 0; step < 3; ++step) {
      for (std::size_t layer = layers.size(); layer-- > 0;) {
        for (std::size_t n = 0; n < reducer.nodes().size(); ++n)
          for (std::size_t i = layers[layer].begin; i < layers[layer].end; ++i)
            reducer.gradients()[n][i] = plain_sum(reducer.nodes()[n], i);
        reducer.progress(layers[layer].begin);
      }
      const std::vector<double> ones(reducer.owned().size(), 1.0);
      EXPECT_THAT(reducer.exchange(ones), testing::ElementsAre(static_cast<double>(slices)));
      ASSERT_EQ(sum_of(reducer, host, size), expected);
      reducer.finish();
      // What a rank leaves here before it fills its buffers must reach nobody.
      for (const std::span<float> gradient : reducer.gradients()) std::ranges::fill(gradient, NAN);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(SlicesAndSizes, ReducerSizes,
                         testing::Values(std::pair(1U, 10U), std::pair(8U, 1U), std::pair(8U, 3U), std::pair(8U, 1000U),
                                         std::pair(11U, 129U), std::pair(16U, 4096U), std::pair(9U, 20000U),
                                         std::pair(64U, 777U), std::pair(100U, 50U), std::pair(8U, 300000U)));

TEST(Reducer, NodesOfAllRanksMakeUpTheSlices) {
  const Communicator world = Communicator::world();
  const GradientReducer reducer(world, world.on_this_host(), 13, 1, 1);
  std::size_t next = reducer.owned().begin;
  for (const Range& node : reducer.nodes()) {
    EXPECT_EQ(node.begin, next);
    next = node.end;
  }
  EXPECT_EQ(next, reducer.owned().end);
  EXPECT_EQ(world.sum(static_cast<int>(reducer.owned().size())), 13);
}

TEST(LeafSum, GivesTheBitsOfTheTree) {
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
    LeafSum sum_rows(world, leaves, 3);
    const std::span<const double> sums = sum_rows(rows);
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(sums[i], expected(expected, {0, leaves}, i)) << leaves << " leaves";
  }
}

TEST(LeafSum, LeavesTimeWhileItWaits) {
  const Communicator world = Communicator::world();
  LeafSum sum_rows(world, static_cast<std::size_t>(world.size()), 1);
  if (world.is_root()) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  int calls = 0;
  sum_rows(std::vector<double>{1}, [&] { ++calls; });
  EXPECT_TRUE(world.is_root() || calls > 0);
}

}  // namespace
}  // namespace lockstep
