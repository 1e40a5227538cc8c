#include "data/feature_range.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace lockstep {

namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr double kGap = std::numeric_limits<double>::quiet_NaN();

DatasetInfo table(std::uint64_t samples) {
  DatasetInfo info;
  info.samples = samples;
  info.feature_shape = {3};
  info.feature_names = {"age", "height", "town"};
  info.feature_words = {{}, {}, {"Köln", "Ulm"}};
  return info;
}

DatasetInfo images(std::uint64_t samples) {
  DatasetInfo info;
  info.samples = samples;
  info.feature_shape = {2, 2};
  info.bytes = true;
  return info;
}

TEST(FeatureRange, OfATableIsThatOfEachColumn) {
  Samples samples;
  samples.values = {30, kGap, 0, 20, 1.5, 0, 40, 2, 0};
  const Dataset train = make_dataset(table(3), samples);
  const std::vector<FeatureRange> ranges = feature_ranges(train);
  ASSERT_EQ(ranges.size(), 3U);
  EXPECT_EQ(ranges[0].least, 20);
  EXPECT_EQ(ranges[0].most, 40);
  EXPECT_EQ(ranges[1].least, 1.5);
  EXPECT_EQ(ranges[1].most, 2);
  EXPECT_EQ(ranges[2].most, 1) << "a word of the training file is none that training has not";

  samples.values = {20, 2, 1, 19, 1, 0, 41, kGap, 2, 30, 1.5, 0};
  const DatasetInfo info = table(4);
  const OutsideRange outside = outside_ranges(make_dataset(info, samples), ranges);
  EXPECT_EQ(outside.samples, 2U);
  EXPECT_THAT(outside.by_feature, ElementsAre(2, 1, 1));
  EXPECT_EQ(note_on(outside, info),
            "outside the range of the training samples: 2 of 4 samples, 2 in 'age', 1 in 'height', 1 in 'town'");
  const KeptColumn column = column_of(outside, info);
  EXPECT_EQ(column.name, "out_of_range");
  EXPECT_THAT(std::get<std::vector<std::string>>(column.values), ElementsAre("", "age,height", "age,town", ""));
}

TEST(FeatureRange, OfImagesIsThatOfAllPixels) {
  Samples samples;
  samples.bytes = {10, 20, 30, 200, 50, 60, 70, 80};
  const Dataset train = make_dataset(images(2), samples);
  const std::vector<FeatureRange> ranges = feature_ranges(train);
  ASSERT_EQ(ranges.size(), 1U);
  samples.bytes = {9, 20, 201, 0, 10, 200, 70, 80};
  const OutsideRange outside = outside_ranges(make_dataset(images(2), samples), ranges);
  EXPECT_EQ(outside.samples, 1U);
  EXPECT_EQ(note_on(outside, images(2)), "outside the range of the training samples: 1 of 2 samples, 1 in 'pixels'");
}

TEST(FeatureRange, NothingIsOutsideWhereNothingIsKnown) {
  Samples samples;
  samples.values = {1, 2, 3};
  const OutsideRange outside = outside_ranges(make_dataset(table(1), samples), {});
  EXPECT_THAT(note_on(outside, table(1)), IsEmpty());
  EXPECT_THAT(std::get<std::vector<std::string>>(column_of(outside, table(1)).values), ElementsAre(""));
}

}  // namespace

}  // namespace lockstep
