// The batches of an epoch: each sample once, in an order that depends on seed and epoch alone.
#include "data/global_sampler.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.hpp"

namespace lockstep {
namespace {

using testing::ElementsAreArray;
using testing::SizeIs;

std::vector<std::uint32_t> epoch_of(Sampler& sampler, std::uint64_t epoch) {
  std::vector<std::uint32_t> order;
  for (std::size_t step = 0; step < sampler.steps_per_epoch(); ++step)
    std::ranges::copy(sampler.batch(epoch, step).numbers, std::back_inserter(order));
  return order;
}

TEST(GlobalSampler, TheLastBatchIsWhatIsLeft) {
  GlobalSampler sampler(10, 4, 1);
  EXPECT_EQ(sampler.steps_per_epoch(), 3U);
  EXPECT_THAT(sampler.batch(0, 0).numbers, SizeIs(4));
  EXPECT_THAT(sampler.batch(0, 1).numbers, SizeIs(4));
  EXPECT_THAT(sampler.batch(0, 2).numbers, SizeIs(2));
  GlobalSampler even(8, 4, 1);
  EXPECT_EQ(even.steps_per_epoch(), 2U);
  EXPECT_THAT(even.batch(0, 1).numbers, SizeIs(4));
  GlobalSampler small(3, 100, 1);
  EXPECT_EQ(small.steps_per_epoch(), 1U);
  EXPECT_THAT(small.batch(0, 0).numbers, SizeIs(3));
}

TEST(GlobalSampler, AnEpochHasEachSampleOnce) {
  GlobalSampler sampler(1000, 64, 1);
  std::vector<std::uint32_t> order = epoch_of(sampler, 5);
  std::ranges::sort(order);
  ASSERT_THAT(order, SizeIs(1000));
  for (std::uint32_t i = 0; i < 1000; ++i) ASSERT_EQ(order[i], i);
}

TEST(GlobalSampler, TheOrderIsThePermutationOfSeedAndEpoch) {
  GlobalSampler sampler(1000, 64, 17);
  EXPECT_EQ(epoch_of(sampler, 5), random_permutation(1000, RandomSequence(17, Purpose::sample_order, 5)));
}

TEST(GlobalSampler, TheOrderDependsOnSeedAndEpochAlone) {
  GlobalSampler sampler(1000, 64, 1);
  const std::vector<std::uint32_t> first = epoch_of(sampler, 0);
  EXPECT_NE(epoch_of(sampler, 1), first);
  EXPECT_EQ(epoch_of(sampler, 0), first);
  GlobalSampler other_batches(1000, 10, 1);
  EXPECT_EQ(epoch_of(other_batches, 0), first);
  GlobalSampler resumed(1000, 64, 1);
  EXPECT_THAT(resumed.batch(0, 7).numbers, ElementsAreArray(std::span(first).subspan(7 * 64, 64)));
  GlobalSampler other_seed(1000, 64, 2);
  EXPECT_NE(epoch_of(other_seed, 0), first);
}

}  // namespace
}  // namespace lockstep
