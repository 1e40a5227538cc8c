// Batches: the right samples, converted and scaled.
#include "data/batch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "datasets.hpp"

namespace lockstep {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using Numbers = std::vector<std::uint32_t>;

PreparedDataset images(const DataTransform& transform) {
  return prepare(images_of({2}, {0, 51, 102, 153, 204, 255}, {2, 0, 1}), transform);
}

PreparedDataset table(const DataTransform& transform) {
  return prepare(table_of(2, {1, 2, 3, 4, 5, 6}, {10, 20, 30, 40, 50, 60}), transform);
}

TEST(BatchLoader, GathersBytesWithLabels) {
  const PreparedDataset data = images({linear({51}, {1.0 / 51}), {}, {}, {}});
  BatchLoader batch(data, 3, false);
  batch.gather(Numbers{2, 0});
  EXPECT_EQ(batch.inputs().rows(), 2U);
  EXPECT_EQ(batch.inputs().cols(), 2U);
  EXPECT_THAT(batch.inputs().values(), ElementsAre(3, 4, -1, 0));
  EXPECT_THAT(batch.labels(), ElementsAre(1, 2));
  EXPECT_THAT(batch.targets().values(), IsEmpty());
}

TEST(BatchLoader, MakesTargetsOfLabelsWhereAsked) {
  const PreparedDataset data = images({{}, linear({5}, {7}), {}, {}});
  // The scale of targets is that of a regression: zeros and ones stay.
  BatchLoader batch(data, 2, true);
  batch.gather(Numbers{0, 1});
  EXPECT_EQ(batch.targets().cols(), 3U);
  EXPECT_THAT(batch.targets().values(), ElementsAre(0, 0, 1, 1, 0, 0));
  EXPECT_THAT(batch.labels(), ElementsAre(2, 0));
  batch.gather(Numbers{2});  // nothing is left of earlier ones
  EXPECT_THAT(batch.targets().values(), ElementsAre(0, 1, 0));
  EXPECT_THAT(batch.labels(), ElementsAre(1));
}

TEST(BatchLoader, ScalesEachColumnOfInputsAndTargets) {
  const PreparedDataset data = table({linear({1, 2}, {10, 100}), linear({10, 0}, {1, 0.5}), {}, {}});
  BatchLoader batch(data, 2, true);
  batch.gather(Numbers{1, 2});
  EXPECT_THAT(batch.inputs().values(), ElementsAre(20, 200, 40, 400));
  EXPECT_THAT(batch.targets().values(), ElementsAre(20, 20, 40, 30));
  EXPECT_THAT(batch.labels(), IsEmpty());
}

TEST(BatchLoader, ScalesEachColumnOfATableOfBytes) {
  const PreparedDataset data = images({linear({1, 2}, {10, 100}), {}, {}, {}});
  BatchLoader batch(data, 2, false);
  batch.gather(Numbers{1, 0});
  EXPECT_THAT(batch.inputs().values(), ElementsAre(1010, 15100, -10, 4900));
}

TEST(BatchLoader, GathersFewerAndNoSamplesToo) {
  const PreparedDataset data = table({});
  BatchLoader batch(data, 3, false);
  batch.gather(Numbers{0, 1, 1});
  EXPECT_THAT(batch.inputs().values(), ElementsAre(1, 2, 3, 4, 3, 4));
  batch.gather(Numbers{2});
  EXPECT_THAT(batch.inputs().values(), ElementsAre(5, 6));
  EXPECT_THAT(batch.targets().values(), ElementsAre(50, 60));
  batch.gather({});
  EXPECT_EQ(batch.inputs().rows(), 0U);
  EXPECT_EQ(batch.targets().rows(), 0U);
}

TEST(BatchLoader, NeedsFeaturesOnly) {
  const PreparedDataset data = prepare(table_of(1, {7, 8}), {});
  BatchLoader batch(data, 2, true);
  batch.gather(Numbers{1, 0});
  EXPECT_THAT(batch.inputs().values(), ElementsAre(8, 7));
  EXPECT_THAT(batch.labels(), IsEmpty());
  EXPECT_THAT(batch.targets().values(), IsEmpty());
}

TEST(BatchLoader, WeighsWhatItGathers) {
  Dataset data = table_of(1, {1, 2, 3}, {1, 2, 3, 4, 5, 6});
  data.weights = {0.5, 1, 2};
  const PreparedDataset weighted = prepare(std::move(data), {});
  BatchLoader batch(weighted, 3, false);
  batch.gather(Numbers{2, 0});
  EXPECT_THAT(batch.weights(), ElementsAre(2, 0.5));
}

TEST(BatchLoader, MixesEachRowWithItsPartner) {
  Dataset data = table_of(2, {0, 8, 4, 0, 2, 2}, {1, 2, 3, 4, 5, 6});
  data.weights = {0.5, 1, 2};
  const PreparedDataset prepared = prepare(std::move(data), {});
  BatchLoader batch(prepared, 3, false);
  batch.gather(Numbers{0, 1, 2});
  batch.mix(0.75F, Numbers{1, 2});
  EXPECT_EQ(batch.inputs().rows(), 2U);
  EXPECT_THAT(batch.inputs().rows({0, 2}).values(), ElementsAre(1, 6, 3.5, 0.5));
  EXPECT_THAT(batch.targets().values(), ElementsAre(1, 2, 3, 4, 5, 6)) << "of all that were gathered";
  EXPECT_THAT(batch.weights(), ElementsAre(0.5, 1, 2));
  EXPECT_EQ(batch.partner(1), 2U);
  batch.gather(Numbers{0, 1, 2});
  batch.mix(0.75F, Numbers{2});
  EXPECT_THAT(batch.inputs().rows({0, 1}).values(), ElementsAre(0.5, 6.5));
  batch.gather(Numbers{1});
  EXPECT_FALSE(batch.is_mixed());
  EXPECT_EQ(batch.targets().rows(), 1U);
}

}  // namespace
}  // namespace lockstep
