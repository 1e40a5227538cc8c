// Gaps in tables: what stands for them, and the inputs that tell them.
#include "data/gaps.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "data/prepared.hpp"
#include "data_files.hpp"
#include "datasets.hpp"

namespace lockstep {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const double kGap = std::nan("");

/// Columns "a", "b", "c", the last without a number.
Dataset table_with_gaps() {
  Dataset data = table_of(3, {1, 10, kGap, kGap, 20, kGap, 3, 30, kGap, 8, kGap, kGap}, {0, 0, 0, 0, 0, 0, 0, 0});
  data.info.feature_names = {"a", "b", "c"};
  return data;
}

DataOptions filling(std::map<std::string, Missing> missing) {
  DataOptions options;
  options.gaps.missing.given = std::move(missing);
  options.gaps.indicator = true;
  return options;
}

TEST(Gaps, AreFilledWithWhatTheTrainingSamplesTeach) {
  const DataOptions options = filling({{"a", Missing::mean}, {"b", Missing::median}, {"c", Missing::median}});
  const std::vector<GapFill> fills =
      gap_fills(table_with_gaps(), options.gaps, std::vector<std::string>{"a", "b", "c"});
  ASSERT_EQ(fills.size(), 3U);
  EXPECT_EQ(fills[0].value, 4);
  EXPECT_EQ(fills[1].value, 20);
  EXPECT_EQ(fills[2].value, 0);
  EXPECT_THAT(gap_fills(table_with_gaps(), {}, std::vector<std::string>{"a", "b", "c"}), IsEmpty());
}

TEST(Gaps, TheMedianOfAnEvenNumberIsInTheMiddle) {
  const std::vector<std::string> names = {"a"};
  EXPECT_EQ(gap_fills(table_of(1, {7, 1, 4, 2}), filling({{"*", Missing::median}}).gaps, names)[0].value, 3);
}

TEST(Gaps, AreScaledLikeTheNumbersThatStandForThemAndTold) {
  DataOptions options = filling({{"a", Missing::mean}, {"b", Missing::zero}, {"c", Missing::zero}});
  options.scale = kScale<StandardScale>;
  Dataset data = table_with_gaps();
  const DataTransform transform = fit_transform(data, options);
  EXPECT_EQ(transform.inputs(data.info), 6U);
  EXPECT_THAT(notes_on(transform, data),
              ElementsAre(HasSubstr("column 'c'"), HasSubstr("1 in column 'a', 1 in column 'b', 4 in column 'c'")));
  const PreparedDataset prepared = prepare(std::move(data), transform);
  ASSERT_EQ(prepared.values.size(), 4 * 6U);
  const float b = static_cast<float>(std::sqrt(1.5));  // mean 20, variance 200 / 3
  EXPECT_THAT(prepared.values.subspan(6, 6), ElementsAre(0, 0, 0, 1, 0, 1));
  EXPECT_THAT(prepared.values.subspan(12, 6), ElementsAre(testing::_, testing::FloatEq(b), 0, 0, 0, 1));
  EXPECT_THAT(prepared.values.subspan(18, 6), ElementsAre(testing::_, testing::FloatEq(-2 * b), 0, 0, 1, 1));
}

TEST(Gaps, AColumnWithoutGapsInTrainingIsFilledAndHasNoIndicator) {
  const Dataset train = table_of(1, {1, 3});
  const DataTransform transform = fit_transform(train, filling({{"0", Missing::mean}}));
  EXPECT_EQ(transform.inputs(train.info), 1U);
  EXPECT_THAT(prepare(table_of(1, {kGap}), transform).values, ElementsAre(2));
}

TEST(Gaps, WithoutARuleAGapIsRefusedWithItsPlace) {
  EXPECT_THAT(bad_input_of([] { return prepare(table_with_gaps(), {}); }),
              AllOf(HasSubstr("sample 0"), HasSubstr("column 'c' is missing"), HasSubstr("data.missing")));
}

TEST(Gaps, BytesOfAModelWithIndicatorsBecomeFloats) {
  const DataTransform transform{{}, {}, {{2, true}, {3, false}}, {}};
  const PreparedDataset data = prepare(images_of({2}, {7, 8}, {0}), transform);
  EXPECT_THAT(data.values, ElementsAre(7, 8, 0));
}

}  // namespace
}  // namespace lockstep
