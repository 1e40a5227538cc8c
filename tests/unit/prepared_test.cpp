// Samples as a network takes them: scaled in float64, then narrowed.
#include "data/prepared.hpp"

#include <algorithm>
#include <cmath>

#include "data/match.hpp"
#include "data/split.hpp"
#include "data_files.hpp"
#include "datasets.hpp"

namespace lockstep {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(Prepared, SubtractsBeforeItNarrows) {
  const double day = 1.7e9;  // a Unix time, whose next float32 is 128 seconds away
  const PreparedDataset data = prepare(table_of(1, {day, day + 1, day + 3}), {linear({day + 1}, {0.5}), {}, {}, {}});
  EXPECT_THAT(data.values, ElementsAre(-0.5F, 0, 1));
}

TEST(Prepared, ScalesEachColumnByItself) {
  const PreparedDataset data = prepare(table_of(2, {1, 2, 3, 4}), {linear({1, 2}, {10, 0}), {}, {}, {}});
  EXPECT_THAT(data.values, ElementsAre(0, 0, 20, 0));
}

TEST(Prepared, KeepsTheDigitsOfTargetsAndTheRestAsItIs) {
  const PreparedDataset table =
      prepare(table_of(1, {1, 2}, {1e8 + 0.25, 2, 3, 1e-300}), {{}, linear({1e8, 0}, {1, 1}), {}, {}});
  EXPECT_THAT(table.targets, ElementsAre(1e8 + 0.25, 2, 3, 1e-300));
  EXPECT_EQ(table.info.samples, 2U);
  const PreparedDataset images = prepare(images_of({2, 2}, {1, 2, 3, 4}, {2}), {linear({9}, {9}), {}, {}, {}});
  EXPECT_THAT(images.bytes, ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(images.labels, ElementsAre(2));
}

TEST(Prepared, NamesSampleAndColumnOfWhatIsBeyondTheRange) {
  Dataset data = table_of(2, {1, 2, 3, -1e300});
  data.info.source = "t.csv";
  EXPECT_THAT(bad_input_of([&] { return prepare(data, {}); }),
              AllOf(HasSubstr("t.csv: sample 1: feature 1 is -1e+300"), HasSubstr("data.standardize = true")));
  data.info.feature_names = {"a", "b"};
  data.rows = {7, 9};  // of a file that was split
  EXPECT_THAT(bad_input_of([&] {
                return prepare(data, {linear({0, 0}, {1, 1e-100}), {}, {}, {}});
              }),
              AllOf(HasSubstr("t.csv: sample 9: column 'b' is -1e+300"), HasSubstr("far from the training samples")));
  Dataset targets = table_of(1, {1}, {1, 1e39});
  targets.info.source = "t.csv";
  EXPECT_THAT(bad_input_of([&] { return prepare(targets, {}); }),
              AllOf(HasSubstr("sample 0: target 'y' is 1e+39"), HasSubstr("data.standardize_targets = true")));
  EXPECT_EQ(prepare(targets, {{}, linear({0, 1e39}, {1, 1}), {}, {}}).targets[1], 1e39);
}

TEST(Prepared, BytesOfAScaleWithACurveBecomeFloats) {
  const Dataset data = images_of({2}, {0, 1, 3, 1, 9, 2}, {0, 1, 2});
  const DataTransform transform{feature_scaling(data, kScale<LogScale>), {}, {}, {}};
  const PreparedDataset prepared = prepare(data, transform);
  EXPECT_TRUE(prepared.bytes.empty());
  ASSERT_EQ(prepared.values.size(), 6U);
  EXPECT_EQ(prepared.values[4], static_cast<float>(transform.features.scaled(9, 0)));
  EXPECT_EQ(prepared_bytes(data, transform), 6 * sizeof(float) + 3 * sizeof(std::int32_t));
  EXPECT_EQ(prepared_bytes(data, {}), 6 + 3 * sizeof(std::int32_t));
}

TEST(Prepared, EachWordHasAnInput) {
  // The numbers of words, one that the training data have not, and a gap.
  Dataset data = table_of(2, {1, 5, 0, 6, 3, 7, std::nan(""), 9});
  data.info.feature_words = {{"u", "v", "w"}, {}};
  DataOptions options;
  options.scale = kScale<MinMaxScale>;
  options.gaps.missing = Missing::zero;
  options.gaps.indicator = true;
  const DataTransform transform = fit_transform(data, options);
  EXPECT_EQ(transform.inputs(data.info), 5U);
  EXPECT_THAT(prepare(data, transform).values, testing::ElementsAre(0, 1, 0, 0, 0,     //
                                                                    1, 0, 0, 0.25, 0,  //
                                                                    0, 0, 0, 0.5, 0,   //
                                                                    0, 0, 0, 1, 1));
}

/// The same samples with their features as float32.
Dataset narrowed(Dataset data) {
  data.floats.assign(data.values.begin(), data.values.end());
  data.values = {};
  return data;
}

TEST(Prepared, NumbersHeldAsFloat32GiveTheSameBits) {
  std::vector<double> values;
  for (int i = 0; i < 60; ++i) values.push_back(static_cast<float>(1e6 + 0.37 * i));
  values[13] = std::nan("");
  Dataset wide = table_of(3, values, std::vector<double>(40, 1));
  wide.info.feature_names = {"a", "b", "c"};
  Dataset narrow = narrowed(wide);
  EXPECT_EQ(digest_samples(narrow), digest_samples(wide));
  EXPECT_EQ(digest_value(narrow), digest_value(wide));
  EXPECT_EQ(digest_in_float32(narrow), digest_in_float32(wide));

  DatasetInfo other_order = wide.info;
  other_order.feature_names = {"c", "a", "b"};
  for (Dataset* data : {&wide, &narrow}) match_features(*data, other_order);
  Dataset wide_part = take_part(wide, Part::test, 0.3, 1);
  Dataset narrow_part = take_part(narrow, Part::test, 0.3, 1);
  EXPECT_EQ(narrow_part.floats.size(), wide_part.values.size());
  EXPECT_EQ(digest_samples(narrow_part), digest_samples(wide_part));

  GapRules rules;
  rules.features = {Missing::error, Missing::error, Missing::error};
  std::uint64_t left_out = 0;
  rules.features[2] = Missing::drop;
  for (Dataset* data : {&wide, &narrow, &wide_part, &narrow_part}) left_out += leave_out_gaps(*data, rules);
  EXPECT_EQ(left_out, 2U) << "one of each";
  EXPECT_EQ(digest_samples(narrow), digest_samples(wide));

  DataOptions options;
  options.scale = kScale<StandardScale>;
  const DataTransform transform = fit_transform(wide, options);
  EXPECT_EQ(fit_transform(narrow, options).features, transform.features);
  options.scale = kScale<QuantileScale>;
  EXPECT_EQ(fit_transform(narrow, options).features, fit_transform(wide, options).features);
  std::vector<FeatureRange> ranges = transform.ranges;
  ranges[1].most = 1e6;
  EXPECT_EQ(outside_ranges(narrow, ranges).by_feature, outside_ranges(wide, ranges).by_feature);
  EXPECT_GT(outside_ranges(narrow, ranges).samples, 0U);
  EXPECT_EQ(prepared_bytes(narrow, transform), prepared_bytes(wide, transform));
  const PreparedDataset from_wide = prepare(wide, transform);
  const PreparedDataset from_narrow = prepare(narrow, transform);
  EXPECT_TRUE(std::ranges::equal(from_narrow.values, from_wide.values));
  EXPECT_EQ(from_narrow.values.size(), 3 * wide.info.samples);
}

}  // namespace
}  // namespace lockstep
