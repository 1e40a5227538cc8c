// What is said of training data that are hard to learn from.
#include "data/advice.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "datasets.hpp"

namespace lockstep {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// Two columns and two targets, near mean 0 and deviation 1.
Dataset good_table() {
  return table_of(2, {1, -1, -1, 1}, {1, -1, -1, 1});
}

/// A classification with so many samples of the classes "a", "b" and "c".
Dataset classes_of(std::vector<int> counts) {
  std::vector<std::int32_t> labels;
  for (std::size_t label = 0; label < counts.size(); ++label)
    labels.insert(labels.end(), static_cast<std::size_t>(counts[label]), static_cast<std::int32_t>(label));
  std::vector<std::uint8_t> bytes(4 * labels.size());
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i % 3);
  return images_of({2, 2}, std::move(bytes), std::move(labels));
}

TEST(AdviceOnFeatures, SaysNothingOfOrdinaryOnes) {
  EXPECT_THAT(advice_on(good_table(), {}), IsEmpty());
}

TEST(AdviceOnFeatures, NamesTheColumnThatIsFurthestOff) {
  Dataset data = good_table();
  data.info.feature_names = {"age", "income"};
  data.values = {30, 52000, 70, 48000};
  EXPECT_THAT(advice_on(data, {}),
              ElementsAre(AllOf(HasSubstr("column 'income': 5e+04 and 2000"), HasSubstr("data.standardize = true"))));
  DataOptions options;
  options.scale = kScale<StandardScale>;
  EXPECT_THAT(advice_on(data, options), IsEmpty());
}

TEST(AdviceOnFeatures, OneConstantColumnIsFarTooAndNarrowOnesOnlyTogether) {
  Dataset data = good_table();
  data.values = {1, 1e6, -1, 1e6};
  EXPECT_THAT(advice_on(data, {}), ElementsAre(HasSubstr("feature 1: 1e+06 and 0")));
  data.values = {1, 0.001, -1, -0.001};
  EXPECT_THAT(advice_on(data, {}), IsEmpty());
  data.values = {0.002, 0.001, -0.002, -0.001};
  EXPECT_THAT(advice_on(data, {}), ElementsAre(HasSubstr("feature 0")));
}

TEST(AdviceOnFeatures, BytesAreTakenAsTheyAreInTablesOnly) {
  std::vector<std::uint8_t> bytes = {200, 100, 0, 255};
  std::vector<std::int32_t> labels(40);
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<std::int32_t>(i % 2);
  std::vector<std::uint8_t> many;
  for (int i = 0; i < 40; ++i) many.insert(many.end(), bytes.begin(), bytes.end());
  EXPECT_THAT(advice_on(images_of({2, 2}, many, labels), {}), IsEmpty());
  EXPECT_THAT(advice_on(images_of({4}, many, labels), {}), ElementsAre(HasSubstr("data.standardize = true")));
}

TEST(AdviceOnTargets, NamesTheTargetThatIsFurthestOff) {
  Dataset data = good_table();
  data.targets = {1, -291230, -1, -291231};
  DataOptions options;
  EXPECT_THAT(advice_on(data, options),
              ElementsAre(AllOf(HasSubstr("'y': -2.912e+05 and 0.5"), HasSubstr("data.standardize_targets = true"))));
  data.targets = {0.001, 0.002, -0.001, -0.002};
  EXPECT_THAT(advice_on(data, options), ElementsAre(HasSubstr("targets are far")));
  options.scale_targets = kScale<StandardScale>;
  EXPECT_THAT(advice_on(data, options), IsEmpty());
}

TEST(AdviceOnClasses, NamesThoseOfFewSamplesAndOfVeryUnequalSize) {
  EXPECT_THAT(advice_on(classes_of({20, 30, 40}), {}), IsEmpty());
  EXPECT_THAT(advice_on(classes_of({9, 30, 9}), {}),
              ElementsAre(AllOf(HasSubstr("classes 'a', 'c'"), Not(HasSubstr("'b'")))));
  EXPECT_THAT(advice_on(classes_of({10, 10, 80}), {}),
              ElementsAre(AllOf(HasSubstr("'c' has 80 of 100"), HasSubstr("'a' has 10"), HasSubstr("80 % of them"))));
  EXPECT_THAT(advice_on(classes_of({200, 10, 190}), {}), ElementsAre(HasSubstr("'b' has 10")));
  EXPECT_THAT(advice_on(classes_of({20, 0, 20}), {}), IsEmpty()) << "a class without samples is another matter";
}

TEST(OverflowRemedy, NamesTheKeysThatWouldHelp) {
  const Scaling standard{{linear_scale(1, 2)}};
  EXPECT_EQ(overflow_remedy(Task::regression, {}),
            "set data.standardize = true and data.standardize_targets = true, or lower optimizer.learning_rate");
  EXPECT_EQ(overflow_remedy(Task::classification, {}), "set data.standardize = true, or lower optimizer.learning_rate");
  EXPECT_EQ(overflow_remedy(Task::regression, {.features = standard, .targets = {}, .gaps = {}, .ranges = {}}),
            "set data.standardize_targets = true, or lower optimizer.learning_rate");
  for (const Task task : {Task::regression, Task::classification}) {
    const std::string none =
        overflow_remedy(task, {.features = standard, .targets = standard, .gaps = {}, .ranges = {}});
    EXPECT_THAT(none, HasSubstr("lower optimizer.learning_rate"));
    EXPECT_THAT(none, Not(HasSubstr("standardize")));
  }
}

}  // namespace
}  // namespace lockstep
