// Samples that stay on disk: those of blocks, and the order in which a run takes them.
#include "data/block_order.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "data_files.hpp"

namespace lockstep {
namespace {

using testing::AllOf;
using testing::ElementsAreArray;
using testing::Gt;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::uint64_t kOrderSeed = 7;

std::vector<std::uint32_t> all_below(std::uint32_t end) {
  std::vector<std::uint32_t> numbers(end);
  std::iota(numbers.begin(), numbers.end(), 0U);
  return numbers;
}

/// The samples of a window as they are taken.
std::vector<std::uint32_t> samples_of(const BlockOrder& order, const BlockOrder::Window& window) {
  std::vector<std::uint32_t> samples;
  for (const BlockPiece& piece : window.pieces) {
    const std::vector<std::uint32_t> rows = order.blocks().train_rows_of(piece.block);
    for (std::size_t row = piece.rows.begin; row < piece.rows.end; ++row) samples.push_back(rows[row]);
  }
  std::vector<std::uint32_t> shuffled;
  for (const std::uint32_t place : window.order) shuffled.push_back(samples.at(place));
  return shuffled;
}

/// A stream's samples of an epoch; each window begins where the one before ends.
std::vector<std::uint32_t> stream_of(BlockOrder& order, std::uint64_t epoch, std::size_t slice) {
  std::vector<std::uint32_t> stream;
  for (std::size_t w = 0; w < order.windows(epoch, slice); ++w) {
    const BlockOrder::Window window = order.window(epoch, slice, w);
    EXPECT_EQ(window.begin, stream.size());
    EXPECT_LE(window.order.size(), order.most_in_window());
    std::ranges::copy(samples_of(order, window), std::back_inserter(stream));
    EXPECT_EQ(window.end(), stream.size());
    if (window.begin == window.end()) continue;
    EXPECT_EQ(order.window_with(epoch, slice, window.begin), w);
    EXPECT_EQ(order.window_with(epoch, slice, window.end() - 1), w);
  }
  EXPECT_EQ(order.window_with(epoch, slice, stream.size()), std::max<std::size_t>(order.windows(epoch, slice), 1) - 1);
  return stream;
}

/// Blocks of which every `each`-th sample is not to be trained with.
Blocks blocks_without(std::uint64_t samples, std::uint64_t size, std::uint32_t each) {
  std::vector<std::uint32_t> train;
  for (std::uint32_t row = 0; row < samples; ++row)
    if (row % each != 0) train.push_back(row);
  return {samples, size, std::make_shared<RowSet>(samples, train)};
}

TEST(RowSet, HasTheseRowsOfAFile) {
  const RowSet set(200, std::vector<std::uint32_t>{0, 63, 64, 65, 127, 199});
  EXPECT_FALSE(set.is_all());
  EXPECT_THAT(set.within({63, 127}), ElementsAreArray({63, 64, 65}));
  EXPECT_EQ(set.count({63, 128}), 4U);
  EXPECT_EQ(set.count({0, 200}), 6U);
  EXPECT_THAT(set.within({66, 127}), IsEmpty());
  EXPECT_TRUE(RowSet(3, std::vector<std::uint32_t>{0, 1, 2}).is_all());
  EXPECT_THAT(RowSet().within({7, 9}), ElementsAreArray({7, 8}));
}

TEST(Blocks, CoverAllSamples) {
  const Blocks blocks(1003, 100);
  EXPECT_EQ(blocks.count(), 11U);
  EXPECT_EQ(blocks.rows_of(10), (Range{1000, 1003}));
  EXPECT_EQ(blocks.train_rows(), 1003U);
  EXPECT_THAT(blocks.train_rows_of(10), ElementsAreArray({1000, 1001, 1002}));
}

TEST(Blocks, HaveTheSamplesToTrainWith) {
  const Blocks blocks = blocks_without(25, 10, 4);  // 0, 4, 8, ...
  EXPECT_EQ(blocks.train_rows(), 18U);
  EXPECT_EQ(blocks.train_rows(0), 7U);
  EXPECT_EQ(blocks.train_rows_before(2), 15U);
  EXPECT_THAT(blocks.train_rows_of(2), ElementsAreArray({21, 22, 23}));
  EXPECT_THAT(blocks.fewest_train_rows(), ElementsAreArray({0, 3, 10, 18}));
}

TEST(BlockOrder, AnEpochHasEachSampleOnce) {
  for (const std::size_t slices : {1U, 3U, 8U})
    for (const std::size_t batch : {1U, 7U, 64U, 2000U})
      for (const std::uint32_t each : {2000U, 5U}) {  // of which one is left out, or every fifth
        BlockOrder order(blocks_without(1003, 50, each), slices, batch, 4, kOrderSeed);
        std::vector<std::uint32_t> all;
        for (std::size_t slice = 0; slice < slices; ++slice) {
          const std::vector<std::uint32_t> stream = stream_of(order, 2, slice);
          EXPECT_THAT(stream, SizeIs(order.stream_size(slice)));
          std::ranges::copy(stream, std::back_inserter(all));
        }
        for (std::uint32_t row = 0; row < 1003; row += each) all.push_back(row);
        std::ranges::sort(all);
        EXPECT_EQ(all, all_below(1003));
      }
}

TEST(BlockOrder, StepsTakeAsManySamplesAsTheirSlicesHave) {
  BlockOrder order(Blocks(1003, 50), 8, 100, 4, kOrderSeed);
  EXPECT_EQ(order.steps_per_epoch(), 11U);
  EXPECT_EQ(order.batch_size(9), 100U);
  EXPECT_EQ(order.batch_size(10), 3U);
  for (std::size_t slice = 0; slice < 8; ++slice) {
    for (std::size_t step = 0; step < 11; ++step)
      EXPECT_EQ(order.taken_before(slice, step + 1) - order.taken_before(slice, step),
                part_of(order.batch_size(step), 8, slice).size());
    EXPECT_EQ(order.taken_before(slice, 11), order.stream_size(slice));
  }
}

TEST(BlockOrder, EpochsDiffer) {
  BlockOrder order(Blocks(1000, 10), 4, 20, 4, kOrderSeed);
  const std::vector<std::uint32_t> first = stream_of(order, 0, 1);
  EXPECT_NE(stream_of(order, 1, 1), first);
  EXPECT_EQ(stream_of(order, 0, 1), first);
  BlockOrder other(Blocks(1000, 10), 4, 20, 4, kOrderSeed + 1);
  EXPECT_NE(stream_of(other, 0, 1), first);
}

TEST(BlockOrder, AWindowMixesItsBlocks) {
  BlockOrder order(Blocks(1000, 10), 2, 20, 10, kOrderSeed);
  const std::vector<std::uint32_t> samples = samples_of(order, order.window(0, 0, 0));
  std::set<std::uint32_t> blocks;
  for (std::size_t i = 0; i < 20; ++i) blocks.insert(samples[i] / 10);
  EXPECT_THAT(blocks, SizeIs(Gt(5U)));
}

TEST(BlockOrder, BlocksThatAreReadTogetherComeFromTheWholeFile) {
  constexpr std::size_t kSlices = 4;
  BlockOrder order(Blocks(1600, 10), kSlices, 20, 5, kOrderSeed);
  for (std::uint64_t epoch = 0; epoch < 3; ++epoch)
    for (std::size_t w = 0; w < order.windows(epoch, 0); ++w) {
      std::set<std::size_t> strata;
      for (std::size_t slice = 0; slice < kSlices; ++slice)
        for (const BlockPiece& piece : order.window(epoch, slice, w).pieces) strata.insert(piece.block / 8);
      EXPECT_THAT(strata, SizeIs(20)) << "one of each twentieth";
    }
}

TEST(BlockOrder, StreamsMeetInABlockAtMost) {
  BlockOrder order(Blocks(1003, 10), 8, 100, 4, kOrderSeed);
  std::size_t reads = 0;
  for (std::size_t slice = 0; slice < 8; ++slice)
    for (std::size_t w = 0; w < order.windows(0, slice); ++w) reads += order.window(0, slice, w).pieces.size();
  EXPECT_LE(reads, order.blocks().count() + 7);
}

TEST(BlocksInWindow, AreAsManyAsMemoryHoldsAndStepsNeed) {
  constexpr std::uint64_t kMiB = 1U << 20;
  const Blocks blocks(100'003, 1000);  // the last of which has three samples
  const auto count = [&](std::size_t batch, std::uint64_t mib) {
    return blocks_in_window(blocks, 4, batch, mib * kMiB, 100, "x.h5");  // a block takes 800 kB
  };
  EXPECT_EQ(count(8, 1), 1U);
  EXPECT_EQ(count(8, 8), 10U);
  EXPECT_EQ(count(8, 10'000), 101U) << "all";
  EXPECT_EQ(count(100, 2), 2U);
  EXPECT_THAT(bad_input_of([&] { return count(100, 1); }),
              AllOf(HasSubstr("data.window: 1 MiB is too little for x.h5"), HasSubstr("give at least 2")))
      << "a step takes 25 samples of a slice, and the last block has 3";
  EXPECT_THAT(bad_input_of([&] { return blocks_in_window(blocks, 40, 8, kMiB, 100, "x.h5"); }),
              HasSubstr("give at least 8"));
}

TEST(BlockOrder, MoreSlicesThanBlocks) {
  BlockOrder order(Blocks(20, 100), 8, 4, 4, kOrderSeed);
  std::vector<std::uint32_t> all;
  for (std::size_t slice = 0; slice < 8; ++slice)
    std::ranges::copy(stream_of(order, 0, slice), std::back_inserter(all));
  std::ranges::sort(all);
  EXPECT_EQ(all, all_below(20));
}

}  // namespace
}  // namespace lockstep
