// The scales of inputs and targets.
#include "data/scaling.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "datasets.hpp"

namespace lockstep {
namespace {

using testing::DoubleEq;
using testing::DoubleNear;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(FeatureScaling, LeavesTablesAsTheyAre) {
  EXPECT_EQ(feature_scaling(table_of(2, {1, 2, 3, 4}), false), Scaling());
  // Bytes of a table are numbers like others: dummy variables, counts.
  for (const std::vector<std::uint64_t>& shape : {std::vector<std::uint64_t>{4}, {4, 1}, {1, 4}, {1, 1, 4}})
    EXPECT_EQ(feature_scaling(images_of(shape, {0, 1, 0, 255}), false), Scaling());
}

TEST(FeatureScaling, BringsBytesOfImagesToTheUnitInterval) {
  for (const std::vector<std::uint64_t>& shape : {std::vector<std::uint64_t>{2, 2}, {2, 2, 1}, {1, 2, 2}}) {
    const Scaling scaling = feature_scaling(images_of(shape, {0, 10, 20, 255}), false);
    EXPECT_THAT(scaling.shift, ElementsAre(0.0));
    EXPECT_THAT(scaling.scale, ElementsAre(1.0 / 255.0));
    EXPECT_EQ(static_cast<float>(scaling.scale[0]), 1.0F / 255.0F);
  }
}

TEST(FeatureScaling, StandardizesEachColumnOfATable) {
  Dataset data = table_of(2, {1, 100, 2, 100, 6, 400});  // means 3 and 200, variances 14/3 and 20000
  for (const auto& names : {std::vector<std::string>(), std::vector<std::string>{"a", "b"}}) {
    data.info.feature_names = names;  // CSV has them, HDF5 has not
    for (const std::vector<std::uint64_t>& shape : {std::vector<std::uint64_t>{2}, {2, 1}, {1, 2}}) {
      data.info.feature_shape = shape;
      const Scaling scaling = feature_scaling(data, true);
      EXPECT_THAT(scaling.shift, ElementsAre(3.0, 200.0));
      EXPECT_THAT(scaling.scale, ElementsAre(DoubleEq(1 / std::sqrt(14.0 / 3)), DoubleEq(1 / std::sqrt(20000.0))));
    }
  }
}

TEST(FeatureScaling, StandardizesEachColumnOfATableOfBytes) {
  const Scaling scaling = feature_scaling(images_of({2}, {1, 100, 2, 100, 6, 250}), true);
  EXPECT_THAT(scaling.shift, ElementsAre(3.0, 150.0));
  EXPECT_THAT(scaling.scale, ElementsAre(DoubleEq(1 / std::sqrt(14.0 / 3)), DoubleEq(1 / std::sqrt(5000.0))));
}

TEST(FeatureScaling, StandardizesThePixelsOfImagesTogether) {
  const Scaling scaling = feature_scaling(images_of({2, 2}, {0, 2, 4, 6}), true);
  EXPECT_THAT(scaling.shift, ElementsAre(3.0));
  EXPECT_THAT(scaling.scale, ElementsAre(DoubleEq(1 / std::sqrt(5.0))));
  Dataset real = table_of(4, {0, 2, 4, 6});
  real.info.feature_shape = {2, 2, 1};
  EXPECT_THAT(feature_scaling(real, true).shift, ElementsAre(3.0));
}

TEST(FeatureScaling, KeepsItsDigitsFarFromZero) {
  // Unix times, whose squares no float64 holds exactly.
  const Scaling scaling = feature_scaling(table_of(1, {1700000000.25, 1700000002.25}), true);
  EXPECT_THAT(scaling.shift, ElementsAre(1700000001.25));
  EXPECT_THAT(scaling.scale, ElementsAre(DoubleEq(1.0)));
  // An outlier comes first: numpy.array([1e15, 0.25, 0.75, 0.5]).mean() and 1 / its std().
  const Scaling outlier = feature_scaling(table_of(1, {1e15, 0.25, 0.75, 0.5}), true);
  EXPECT_THAT(outlier.shift, ElementsAre(DoubleEq(250000000000000.38)));
  EXPECT_THAT(outlier.scale, ElementsAre(DoubleEq(2.309401076758505e-15)));
}

TEST(FeatureScaling, SquaresOfLargeAndSmallNumbersDoNotOverflow) {
  for (const double unit : {1e200, 1e-200}) {
    const Scaling scaling = feature_scaling(table_of(1, {1 * unit, 3 * unit}), true);
    EXPECT_THAT(scaling.shift, ElementsAre(DoubleEq(2 * unit)));
    EXPECT_THAT(scaling.scale, ElementsAre(DoubleEq(1 / unit)));
  }
}

TEST(FeatureScaling, AConstantColumnBecomesZero) {
  const double step = std::numeric_limits<double>::epsilon();
  const Dataset data =
      table_of(3, {0.1, 1, 1e17, 0.1 * (1 + 2 * step), 2, 1e17 + 64, 0.1 * (1 - 2 * step), 3, 1e17 - 16});
  const Scaling scaling = feature_scaling(data, true);
  for (const double value : {0.1, 0.1 * (1 + 2 * step), 7.0}) EXPECT_EQ(scaling.scaled(value, 0), 0.0);
  EXPECT_THAT(scaling.scaled(3, 1), DoubleNear(std::sqrt(1.5), 1e-15));
  EXPECT_EQ(scaling.scaled(1e17 + 64, 2), 0.0);

  EXPECT_THAT(notes_on({scaling, {}}, data.info),
              ElementsAre("constant over the training samples, taken as 0: columns '0', '2'"));
  EXPECT_EQ(feature_scaling(images_of({2}, {7, 1, 7, 2}), true).scale[0], 0.0);
  EXPECT_THAT(notes_on({{}, {}}, data.info), IsEmpty());
}

TEST(FeatureScaling, StepsAreThoseOfTheFilesType) {
  const float step = std::numeric_limits<float>::epsilon();
  Dataset data = table_of(1, {double{0.1F}, double{0.1F * (1 + 2 * step)}, double{0.1F * (1 - 2 * step)}});
  EXPECT_NE(feature_scaling(data, true).scale[0], 0.0);
  data.info.feature_step = double{step};
  EXPECT_EQ(feature_scaling(data, true).scale[0], 0.0);
}

TEST(TargetScaling, StandardizesEachTargetWhereAsked) {
  const Dataset data = table_of(1, {0, 0}, {1, 10, 3, 50});
  const Scaling scaled = target_scaling(data, true);
  EXPECT_THAT(scaled.shift, ElementsAre(2.0, 30.0));
  EXPECT_THAT(scaled.scale, ElementsAre(1.0, DoubleEq(1.0 / 20)));
  EXPECT_EQ(scaled.raw(scaled.scaled(47, 1), 1), 47.0);
  EXPECT_EQ(target_scaling(data, false), Scaling());
}

TEST(TargetScaling, AConstantTargetIsPredictedAsItIs) {
  const Dataset data = table_of(1, {0, 0}, {1, 10, 3, 10});
  const Scaling scaling = target_scaling(data, true);
  EXPECT_EQ(scaling.scaled(10, 1), 0.0);
  EXPECT_EQ(scaling.raw(0.5, 1), 10.0);
  EXPECT_THAT(notes_on({{}, scaling}, data.info),
              ElementsAre("constant over the training samples, so that there is nothing to learn: target 'y'"));
}

TEST(TargetScaling, ClassesHaveNone) {
  EXPECT_EQ(target_scaling(images_of({1}, {1, 2}, {0, 1}), true), Scaling());
}

}  // namespace
}  // namespace lockstep
