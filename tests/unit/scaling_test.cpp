// The scales of inputs and targets.
#include "data/scaling.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "datasets.hpp"

namespace lockstep {
namespace {

using testing::ElementsAre;
using testing::FloatEq;

TEST(FeatureScaling, LeavesFloatsAsTheyAre) {
  const Scaling scaling = feature_scaling(table_of(2, {1, 2, 3, 4}), false);
  EXPECT_THAT(scaling.shift, ElementsAre(0.0F));
  EXPECT_THAT(scaling.scale, ElementsAre(1.0F));
}

TEST(FeatureScaling, BringsBytesToTheUnitInterval) {
  const Scaling scaling = feature_scaling(images_of({2, 1}, {0, 10, 20, 255}), false);
  EXPECT_THAT(scaling.shift, ElementsAre(0.0F));
  EXPECT_THAT(scaling.scale, ElementsAre(1.0F / 255.0F));
}

TEST(FeatureScaling, StandardizesEachColumnOfATable) {
  Dataset data = table_of(2, {1, 100, 2, 100, 6, 400});  // means 3 and 200, variances 14/3 and 20000
  for (const auto& names : {std::vector<std::string>(), std::vector<std::string>{"a", "b"}}) {
    data.info.feature_names = names;  // CSV has them, HDF5 has not
    const Scaling scaling = feature_scaling(data, true);
    EXPECT_THAT(scaling.shift, ElementsAre(3.0F, 200.0F));
    EXPECT_THAT(scaling.scale, ElementsAre(FloatEq(1 / std::sqrt(14.0F / 3)), FloatEq(1 / std::sqrt(20000.0F))));
  }
}

TEST(FeatureScaling, StandardizesThePixelsOfImagesTogether) {
  const Scaling scaling = feature_scaling(images_of({1, 2}, {0, 2, 4, 6}), true);
  EXPECT_THAT(scaling.shift, ElementsAre(3.0F));
  EXPECT_THAT(scaling.scale, ElementsAre(FloatEq(1 / std::sqrt(5.0F))));
}

TEST(FeatureScaling, AConstantColumnBecomesZero) {
  const Scaling scaling = feature_scaling(table_of(2, {0.1F, 1, 0.1F, 2, 0.1F, 3}), true);
  EXPECT_EQ((0.1F - scaling.shift[0]) * scaling.scale[0], 0.0F);
  EXPECT_TRUE(std::isfinite(scaling.scale[0]));
}

TEST(FeatureScaling, KeepsItsDigitsFarFromZero) {
  const Scaling scaling = feature_scaling(table_of(1, {1e6F - 1, 1e6F + 1}), true);
  EXPECT_THAT(scaling.shift, ElementsAre(1e6F));
  EXPECT_THAT(scaling.scale, ElementsAre(FloatEq(1.0F)));
}

TEST(TargetScaling, StandardizesEachTargetWhereAsked) {
  const Dataset data = table_of(1, {0, 0}, {1, 10, 3, 50});
  const Scaling scaled = target_scaling(data, true);
  EXPECT_THAT(scaled.shift, ElementsAre(2.0F, 30.0F));
  EXPECT_THAT(scaled.scale, ElementsAre(1.0F, FloatEq(1.0F / 20)));
  const Scaling plain = target_scaling(data, false);
  EXPECT_THAT(plain.shift, ElementsAre(0.0F));
  EXPECT_THAT(plain.scale, ElementsAre(1.0F));
}

}  // namespace
}  // namespace lockstep
