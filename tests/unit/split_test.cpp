// Parts of the training samples that are held back: shares of classes, whole groups, and that they depend on the seed
// alone.
#include "data/split.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/error.hpp"
#include "base/random.hpp"

namespace lockstep {
namespace {

using testing::Each;
using testing::ElementsAre;

/// Samples whose only value is their number, of so many samples per class in turn; no classes: a regression.
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

TEST(Part, HasOfEachClassItsShare) {
  for (const Part kind : {Part::test, Part::validation})
    for (const double fraction : {0.01, 0.1, 0.25, 0.9}) {
      Dataset data = numbered(1000, {600, 330, 70});
      const Dataset part = take_part(data, kind, fraction, 3);
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

TEST(Part, HasSamplesOfAnyClassWhereThatIsAskedFor) {
  Dataset data = numbered(40, {20, 20});
  std::vector<std::uint32_t> expected = random_permutation(40, RandomSequence(9, Purpose::test_split));
  expected.resize(10);
  std::ranges::sort(expected);
  EXPECT_EQ(take_part(data, Part::test, 0.25, 9, false).rows, expected);
}

TEST(Part, KeepsOrderTargetsAndRowsOfTheFile) {
  Dataset data = numbered(100);
  const Dataset test = take_part(data, Part::test, 0.3, 5);
  const Dataset validation = take_part(data, Part::validation, 0.1, 5);
  EXPECT_EQ(test.info.samples, 30U);
  EXPECT_EQ(validation.info.samples, 7U);
  EXPECT_EQ(data.info.samples, 63U);
  for (const Dataset* part : std::initializer_list<const Dataset*>{&data, &test, &validation}) {
    EXPECT_TRUE(std::ranges::is_sorted(part->rows));
    EXPECT_TRUE(std::ranges::equal(part->rows, part->values));
    for (std::size_t i = 0; i < part->info.samples; ++i) EXPECT_EQ(part->targets[i], -part->values[i]);
  }
}

TEST(Part, IsAFunctionOfTheSeed) {
  const auto rows = [](std::uint64_t seed) {
    Dataset data = numbered(200, {100, 100});
    return take_part(data, Part::validation, 0.2, seed).rows;
  };
  EXPECT_EQ(rows(1), rows(1));
  EXPECT_NE(rows(1), rows(2));
  Dataset data = numbered(40);
  std::vector<std::uint32_t> expected = random_permutation(40, RandomSequence(9, Purpose::validation_split, 0));
  expected.resize(4);
  std::ranges::sort(expected);
  EXPECT_EQ(take_part(data, Part::validation, 0.1, 9).rows, expected);
}

TEST(Part, EveryPartHasASample) {
  for (const double fraction : {1e-9, 0.999999}) {
    Dataset data = numbered(3, {1, 2});
    const Dataset part = take_part(data, Part::validation, fraction, 1);
    EXPECT_GE(part.info.samples, 1U);
    EXPECT_GE(data.info.samples, 1U);
  }
  Dataset one = numbered(1);
  try {
    static_cast<void>(take_part(one, Part::validation, 0.5, 1));
    ADD_FAILURE() << "there was no error";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "t.csv: one sample cannot be split in training and validation data");
  }
}

/// The same in groups, of which sample i is in group `group(i)`.
template <class Group>
Dataset grouped(Dataset data, Group&& group) {
  for (std::uint32_t i = 0; i < data.info.samples; ++i) data.groups.push_back(group(i));
  return data;
}

/// The groups, by the numbers of samples, that are on this side.
template <class Group>
std::set<std::uint32_t> groups_of(const Dataset& data, Group&& group) {
  std::set<std::uint32_t> groups;
  for (const std::uint32_t row : data.rows) groups.insert(group(row));
  return groups;
}

TEST(Groups, FallOnOneSideAndComeNearTheFraction) {
  const auto group = [](std::uint32_t row) { return static_cast<std::uint32_t>(std::sqrt(row)); };  // sizes 1, 3, 5 ...
  for (const double fraction : {0.05, 0.2, 0.5, 0.8}) {
    Dataset data = grouped(numbered(1024), group);
    const Dataset part = take_part(data, Part::test, fraction, 5);
    EXPECT_NEAR(static_cast<double>(part.info.samples), 1024 * fraction, 3) << fraction;
    std::set<std::uint32_t> all = groups_of(part, group);
    const std::size_t of_part = all.size();
    EXPECT_THAT(part.info.notes, ElementsAre(fmt::format("{} of 32 groups of t.csv are test data: {} of 1024 samples",
                                                         of_part, part.info.samples)));
    all.merge(groups_of(data, group));
    EXPECT_EQ(all.size(), 32U);
    EXPECT_EQ(of_part + groups_of(data, group).size(), 32U);
    EXPECT_EQ(data.groups.size(), data.info.samples);
    const Dataset validation = take_part(data, Part::validation, 0.1, 5);
    EXPECT_EQ(groups_of(validation, group).size() + groups_of(data, group).size(), 32U - of_part);
  }
}

TEST(Groups, ComeNearTheShareOfEachClass) {
  // A class is most of the samples of some groups, and rare in all others.
  const auto group = [](std::uint32_t row) { return row / 10 * 7919U; };
  Dataset data = numbered(1000);
  data.info.task = Task::classification;
  data.info.output_names = {"a", "b", "c"};
  data.targets = {};
  for (std::uint32_t i = 0; i < 1000; ++i) data.labels.push_back(i % 10 == 3 ? 2 : i / 10 % 4 == 0 ? 1 : 0);
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    Dataset rest = grouped(data, group);
    const Dataset part = take_part(rest, Part::validation, 0.2, seed);
    EXPECT_THAT(counts(part), ElementsAre(135, 45, 20));
  }
}

TEST(Groups, AreAFunctionOfTheSeedAndNotOfTheirNumbers) {
  const auto rows = [](std::uint64_t seed, std::uint32_t factor) {
    Dataset data = grouped(numbered(200, {100, 100}), [&](std::uint32_t row) { return row / 7 * factor; });
    return take_part(data, Part::test, 0.2, seed).rows;
  };
  EXPECT_EQ(rows(1, 1), rows(1, 1000));
  EXPECT_NE(rows(1, 1), rows(2, 1));
}

TEST(Groups, AreOnBothSides) {
  for (const double fraction : {0.01, 0.4, 0.99}) {
    Dataset data = grouped(numbered(100), [](std::uint32_t row) { return row < 90 ? 4U : 2U; });
    const Dataset part = take_part(data, Part::test, fraction, 1);
    EXPECT_EQ(part.info.samples, fraction < 0.6 ? 10 : 90);
    EXPECT_EQ(part.info.samples + data.info.samples, 100);
  }
  Dataset large_first = grouped(numbered(100), [](std::uint32_t row) { return row < 39 ? 0 : row; });
  EXPECT_EQ(take_part(large_first, Part::test, 0.2, 1).info.samples, 20) << "small groups come nearer than a large one";
  Dataset one = grouped(numbered(9), [](std::uint32_t) { return 3U; });
  try {
    static_cast<void>(take_part(one, Part::validation, 0.5, 1));
    ADD_FAILURE() << "there was no error";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("t.csv: all samples that are left are of one group"));
  }
}

}  // namespace
}  // namespace lockstep
