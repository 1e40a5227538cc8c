// The scales of inputs and targets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "data/transform.hpp"
#include "datasets.hpp"

namespace lockstep {
namespace {

using testing::DoubleEq;
using testing::DoubleNear;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr Scale kStandard = kScale<StandardScale>;

std::vector<double> shifts_of(const Scaling& scaling) {
  std::vector<double> shifts;
  for (const ColumnScale& column : scaling.columns) shifts.push_back(column.shift);
  return shifts;
}

std::vector<double> scales_of(const Scaling& scaling) {
  std::vector<double> scales;
  for (const ColumnScale& column : scaling.columns) scales.push_back(column.scale);
  return scales;
}

TEST(FeatureScaling, LeavesTablesAsTheyAre) {
  EXPECT_EQ(feature_scaling(table_of(2, {1, 2, 3, 4}), {}), Scaling());
  // Bytes of a table are numbers like others: dummy variables, counts.
  for (const std::vector<std::uint64_t>& shape : {std::vector<std::uint64_t>{4}, {4, 1}, {1, 4}, {1, 1, 4}})
    EXPECT_EQ(feature_scaling(images_of(shape, {0, 1, 0, 255}), {}), Scaling());
}

TEST(FeatureScaling, BringsBytesOfImagesToTheUnitInterval) {
  for (const std::vector<std::uint64_t>& shape : {std::vector<std::uint64_t>{2, 2}, {2, 2, 1}, {1, 2, 2}}) {
    const Scaling scaling = feature_scaling(images_of(shape, {0, 10, 20, 255}), {});
    EXPECT_THAT(shifts_of(scaling), ElementsAre(0.0));
    EXPECT_THAT(scales_of(scaling), ElementsAre(1.0 / 255.0));
    EXPECT_EQ(static_cast<float>(scaling.columns[0].scale), 1.0F / 255.0F);
  }
}

TEST(FeatureScaling, StandardizesEachColumnOfATable) {
  Dataset data = table_of(2, {1, 100, 2, 100, 6, 400});  // means 3 and 200, variances 14/3 and 20000
  for (const auto& names : {std::vector<std::string>(), std::vector<std::string>{"a", "b"}}) {
    data.info.feature_names = names;  // CSV has them, HDF5 has not
    for (const std::vector<std::uint64_t>& shape : {std::vector<std::uint64_t>{2}, {2, 1}, {1, 2}}) {
      data.info.feature_shape = shape;
      const Scaling scaling = feature_scaling(data, kStandard);
      EXPECT_THAT(shifts_of(scaling), ElementsAre(3.0, 200.0));
      EXPECT_THAT(scales_of(scaling), ElementsAre(DoubleEq(1 / std::sqrt(14.0 / 3)), DoubleEq(1 / std::sqrt(20000.0))));
    }
  }
}

TEST(FeatureScaling, StandardizesEachColumnOfATableOfBytes) {
  const Scaling scaling = feature_scaling(images_of({2}, {1, 100, 2, 100, 6, 250}), kStandard);
  EXPECT_THAT(shifts_of(scaling), ElementsAre(3.0, 150.0));
  EXPECT_THAT(scales_of(scaling), ElementsAre(DoubleEq(1 / std::sqrt(14.0 / 3)), DoubleEq(1 / std::sqrt(5000.0))));
}

TEST(FeatureScaling, StandardizesThePixelsOfImagesTogether) {
  const Scaling scaling = feature_scaling(images_of({2, 2}, {0, 2, 4, 6}), kStandard);
  EXPECT_THAT(shifts_of(scaling), ElementsAre(3.0));
  EXPECT_THAT(scales_of(scaling), ElementsAre(DoubleEq(1 / std::sqrt(5.0))));
  Dataset real = table_of(4, {0, 2, 4, 6});
  real.info.feature_shape = {2, 2, 1};
  EXPECT_THAT(shifts_of(feature_scaling(real, kStandard)), ElementsAre(3.0));
}

TEST(FeatureScaling, KeepsItsDigitsFarFromZero) {
  // Unix times, whose squares no float64 holds exactly.
  const Scaling scaling = feature_scaling(table_of(1, {1700000000.25, 1700000002.25}), kStandard);
  EXPECT_THAT(shifts_of(scaling), ElementsAre(1700000001.25));
  EXPECT_THAT(scales_of(scaling), ElementsAre(DoubleEq(1.0)));
  // An outlier comes first: numpy.array([1e15, 0.25, 0.75, 0.5]).mean() and 1 / its std().
  const Scaling outlier = feature_scaling(table_of(1, {1e15, 0.25, 0.75, 0.5}), kStandard);
  EXPECT_THAT(shifts_of(outlier), ElementsAre(DoubleEq(250000000000000.38)));
  EXPECT_THAT(scales_of(outlier), ElementsAre(DoubleEq(2.309401076758505e-15)));
}

TEST(FeatureScaling, SquaresOfLargeAndSmallNumbersDoNotOverflow) {
  for (const double unit : {1e200, 1e-200}) {
    const Scaling scaling = feature_scaling(table_of(1, {1 * unit, 3 * unit}), kStandard);
    EXPECT_THAT(shifts_of(scaling), ElementsAre(DoubleEq(2 * unit)));
    EXPECT_THAT(scales_of(scaling), ElementsAre(DoubleEq(1 / unit)));
  }
}

TEST(FeatureScaling, AConstantColumnBecomesZero) {
  const double step = std::numeric_limits<double>::epsilon();
  const Dataset data =
      table_of(3, {0.1, 1, 1e17, 0.1 * (1 + 2 * step), 2, 1e17 + 64, 0.1 * (1 - 2 * step), 3, 1e17 - 16});
  const Scaling scaling = feature_scaling(data, kStandard);
  for (const double value : {0.1, 0.1 * (1 + 2 * step), 7.0}) EXPECT_EQ(scaling.scaled(value, 0), 0.0);
  EXPECT_THAT(scaling.scaled(3, 1), DoubleNear(std::sqrt(1.5), 1e-15));
  EXPECT_EQ(scaling.scaled(1e17 + 64, 2), 0.0);

  EXPECT_THAT(notes_on({scaling, {}, {}, {}}, data),
              ElementsAre("constant over the training samples, taken as 0: columns '0', '2'"));
  EXPECT_EQ(feature_scaling(images_of({2}, {7, 1, 7, 2}), kStandard).columns[0].scale, 0.0);
  EXPECT_THAT(notes_on({}, data), IsEmpty());
}

TEST(FeatureScaling, StepsAreThoseOfTheFilesType) {
  const float step = std::numeric_limits<float>::epsilon();
  Dataset data = table_of(1, {double{0.1F}, double{0.1F * (1 + 2 * step)}, double{0.1F * (1 - 2 * step)}});
  EXPECT_NE(feature_scaling(data, kStandard).columns[0].scale, 0.0);
  data.info.feature_step = double{step};
  EXPECT_EQ(feature_scaling(data, kStandard).columns[0].scale, 0.0);
}

TEST(FeatureScaling, KindsByColumn) {
  Dataset data = table_of(3, {1, -10, 5, 2, 0, 6, 6, 30, 7});
  data.info.feature_names = {"a", "b", "c"};
  ByColumn<Scale> kinds;
  kinds.given = {{"a", kScale<MinMaxScale>}, {"b", kScale<LogScale>}};
  const Scaling scaling = feature_scaling(data, kinds);
  EXPECT_EQ(scaling.scaled(1, 0), 0.0);
  EXPECT_EQ(scaling.scaled(6, 0), 1.0);
  EXPECT_EQ(scaling.scaled(9, 2), 9.0);
  const double logs[] = {-std::log(11.0), 0, std::log(31.0)};
  const double mean = (logs[0] + logs[2]) / 3;
  const double variance = (logs[0] * logs[0] + logs[2] * logs[2]) / 3 - mean * mean;
  EXPECT_THAT(scaling.scaled(-10, 1), DoubleNear((logs[0] - mean) / std::sqrt(variance), 1e-14));
  for (const double raw : {-1e6, -10.0, 0.0, 1e-3, 4e8})
    EXPECT_THAT(scaling.raw(scaling.scaled(raw, 1), 1), DoubleNear(raw, 1e-13 * std::abs(raw) + 1e-15));
  EXPECT_FALSE(scaling.is_linear());
  EXPECT_TRUE(feature_scaling(data, kScale<MinMaxScale>).is_linear());
}

/// The values of the ends, of a tie and between are those of scikit-learn's QuantileTransformer(n_quantiles=5,
/// output_distribution="normal").
TEST(FeatureScaling, QuantilesOfANormalDistribution) {
  const Scaling scaling = feature_scaling(table_of(1, {3, 1, 2, 2, 10}), kScale<QuantileScale>);
  EXPECT_THAT(scaling.columns[0].quantiles, ElementsAre(1, 2, 2, 3, 10));
  for (const auto& [raw, scaled] : {std::pair(1.0, -5.199337582605575),
                                    {0.0, -5.199337582605575},
                                    {1.5, -1.1503493803760079},
                                    {2.0, -0.31863936396437514},
                                    {3.0, 0.6744897501960817},
                                    {10.0, 5.19933758270342},
                                    {1e300, 5.19933758270342}}) {
    EXPECT_THAT(scaling.scaled(raw, 0), DoubleNear(scaled, 1e-9)) << raw;
    if (raw <= 0 || raw == 1e300) continue;
    EXPECT_THAT(scaling.raw(scaled, 0), DoubleNear(raw, 1e-6)) << raw;
  }
  EXPECT_TRUE(std::isnan(scaling.raw(std::nan(""), 0)));
  EXPECT_EQ(feature_scaling(table_of(1, {2, 2}), kScale<QuantileScale>).scaled(3, 0), 0.0);
}

TEST(TargetScaling, StandardizesEachTargetWhereAsked) {
  const Dataset data = table_of(1, {0, 0}, {1, 10, 3, 50});
  const Scaling scaled = target_scaling(data, kStandard);
  EXPECT_THAT(shifts_of(scaled), ElementsAre(2.0, 30.0));
  EXPECT_THAT(scales_of(scaled), ElementsAre(1.0, DoubleEq(1.0 / 20)));
  EXPECT_EQ(scaled.raw(scaled.scaled(47, 1), 1), 47.0);
  EXPECT_EQ(target_scaling(data, {}), Scaling());
}

TEST(TargetScaling, AConstantTargetIsPredictedAsItIs) {
  const Dataset data = table_of(1, {0, 0}, {1, 10, 3, 10});
  const Scaling scaling = target_scaling(data, kStandard);
  EXPECT_EQ(scaling.scaled(10, 1), 0.0);
  EXPECT_EQ(scaling.raw(0.5, 1), 10.0);
  EXPECT_THAT(notes_on({{}, scaling, {}, {}}, data),
              ElementsAre("constant over the training samples, so that there is nothing to learn: target 'y'"));
}

TEST(TargetScaling, ClassesHaveNone) {
  EXPECT_EQ(target_scaling(images_of({1}, {1, 2}, {0, 1}), kStandard), Scaling());
}

TEST(Quantiles, OfSomeValuesReachTheEndsOfAll) {
  TrainColumn column;
  column.statistics = statistics_of(std::span<const double>(std::vector<double>{-5, 1, 2, 3, 9}), 1).front();
  column.samples = 5;
  column.values = [] { return std::vector<double>{3, 1, 2}; };
  EXPECT_EQ(QuantileScale::fit(column).quantiles.front(), -5);
  EXPECT_EQ(QuantileScale::fit(column).quantiles.back(), 9);
}

}  // namespace
}  // namespace lockstep
