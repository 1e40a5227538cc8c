// Parts of the training samples that are held back: shares of classes, and that they depend on the seed alone.
#include "data/split.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "base/random.hpp"

namespace lockstep {
namespace {

using testing::Each;
using testing::ElementsAre;

/// Samples whose only value is their number, of so many samples a class in turn; no classes: a regression.
Dataset numbered(std::uint64_t samples, const std::vector<std::uint64_t>& classes = {}) {
  Dataset data;
  data.info.source = "t.csv";
  data.info.task = classes.empty() ? Task::regression : Task::classification;
  data.info.samples = samples;
  data.info.feature_shape = {1};
  data.info.output_names = classes.empty() ? std::vector<std::string>{"y"} : std::vector<std::string>(classes.size());
  std::vector<std::uint64_t> left = classes;
  for (std::size_t i = 0, c = 0; i < samples; ++i) {
    data.values.push_back(static_cast<double>(i));
    if (classes.empty()) {
      data.targets.push_back(-static_cast<double>(i));
      continue;
    }
    while (left[c % left.size()] == 0) ++c;
    --left[c % left.size()];
    data.labels.push_back(static_cast<std::int32_t>(c++ % left.size()));
  }
  return data;
}

std::vector<std::uint64_t> counts(const Dataset& data) {
  std::vector<std::uint64_t> counts(data.info.outputs());
  for (const std::int32_t label : data.labels) ++counts[static_cast<std::size_t>(label)];
  return counts;
}

TEST(LargestRemainder, SharesAreWholeAndAddUp) {
  EXPECT_THAT(largest_remainder_shares({600, 300, 100}, 100), ElementsAre(60, 30, 10));
  EXPECT_THAT(largest_remainder_shares({55, 25, 20}, 10), ElementsAre(6, 2, 2)) << "of equal remainders the first";
  EXPECT_THAT(largest_remainder_shares({10, 0, 10}, 3), ElementsAre(2, 0, 1));
  EXPECT_THAT(largest_remainder_shares({1, 10}, 7), ElementsAre(0, 7)) << "the last of a class stays";
  EXPECT_THAT(largest_remainder_shares({1, 1, 1, 1}, 2), ElementsAre(1, 1, 0, 0)) << "where it can";
  EXPECT_THAT(largest_remainder_shares({std::uint64_t{1} << 31, std::uint64_t{1} << 31}, std::uint64_t{1} << 31),
              Each(std::uint64_t{1} << 30));
}

TEST(ValidationPart, HasOfEachClassItsShare) {
  for (const double fraction : {0.01, 0.1, 0.25, 0.9}) {
    Dataset data = numbered(1000, {600, 330, 70});
    const Dataset part = take_validation_part(data, fraction, 3);
    EXPECT_EQ(part.info.samples, std::lround(1000 * fraction));
    EXPECT_EQ(part.info.samples + data.info.samples, 1000U);
    const std::vector<std::uint64_t> of_part = counts(part);
    for (std::size_t c = 0; c < 3; ++c) {
      const double share = std::vector<double>{600, 330, 70}[c] * fraction;
      EXPECT_LT(std::abs(static_cast<double>(of_part[c]) - share), 1) << fraction;
      EXPECT_EQ(of_part[c] + counts(data)[c], (std::vector<std::uint64_t>{600, 330, 70})[c]);
    }
  }
}

TEST(ValidationPart, KeepsOrderTargetsAndRowsOfTheFile) {
  Dataset data = numbered(100);
  const Dataset test = take_test_part(data, 0.3, 5);
  const Dataset validation = take_validation_part(data, 0.1, 5);
  EXPECT_EQ(test.info.samples, 30U);
  EXPECT_EQ(validation.info.samples, 7U);
  EXPECT_EQ(data.info.samples, 63U);
  for (const Dataset* part : std::initializer_list<const Dataset*>{&data, &test, &validation}) {
    EXPECT_TRUE(std::ranges::is_sorted(part->rows));
    EXPECT_TRUE(std::ranges::equal(part->rows, part->values));
    for (std::size_t i = 0; i < part->info.samples; ++i) EXPECT_EQ(part->targets[i], -part->values[i]);
  }
}

TEST(ValidationPart, IsAFunctionOfTheSeed) {
  const auto rows = [](std::uint64_t seed) {
    Dataset data = numbered(200, {100, 100});
    return take_validation_part(data, 0.2, seed).rows;
  };
  EXPECT_EQ(rows(1), rows(1));
  EXPECT_NE(rows(1), rows(2));
  Dataset data = numbered(40);
  std::vector<std::uint32_t> expected = random_permutation(40, RandomSequence(9, Purpose::validation_split, 0));
  expected.resize(4);
  std::ranges::sort(expected);
  EXPECT_EQ(take_validation_part(data, 0.1, 9).rows, expected);
}

TEST(ValidationPart, EveryPartHasASample) {
  for (const double fraction : {1e-9, 0.999999}) {
    Dataset data = numbered(3, {1, 2});
    const Dataset part = take_validation_part(data, fraction, 1);
    EXPECT_GE(part.info.samples, 1U);
    EXPECT_GE(data.info.samples, 1U);
  }
  Dataset one = numbered(1);
  try {
    static_cast<void>(take_validation_part(one, 0.5, 1));
    ADD_FAILURE() << "there was no error";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "t.csv: one sample cannot be split in training and validation data");
  }
}

}  // namespace
}  // namespace lockstep
