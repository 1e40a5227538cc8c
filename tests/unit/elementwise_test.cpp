// Loops over elements, for sizes that vector registers divide and others.
#include "tensor/elementwise.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace lockstep {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kLargest = std::numeric_limits<float>::max();

std::vector<float> some_values(std::size_t size) {
  std::vector<float> values(size);
  for (std::size_t i = 0; i < size; ++i) values[i] = static_cast<float>(i) / 3.0F - 5.0F;
  return values;
}

TEST(Elementwise, Divide) {
  for (const float divisor : {7.0F, 1.0F, 64.0F, 0x1p20F, 0x1p-3F, 0x1p127F, -2.0F, 96.0F})
    for (const std::size_t size : {0U, 1U, 15U, 16U, 100U}) {
      std::vector<float> values = some_values(size);
      values.insert(values.end(), {1.5e-38F, -1.1e-38F, 3e-45F, kInfinity});  // quotients may be subnormal
      std::vector<float> expected;
      for (const float value : values) expected.push_back(value / divisor);
      divide(values, divisor, values);
      EXPECT_EQ(values, expected) << divisor;
    }
}

TEST(Elementwise, MultiplyClampMoveAndAddSigns) {
  for (const std::size_t size : {1U, 3U, 16U, 37U}) {
    std::vector<float> values(size);
    for (std::size_t i = 0; i < size; ++i) values[i] = static_cast<float>(i) - 2.5F;
    values[0] = 0;
    std::vector<float> product(size);
    multiply(values, 3.0F, product);
    std::vector<float> clamped = values;
    clamp(clamped, 1.25F);
    std::vector<float> sums(size, 1.0F);
    add_signs(values, 0.5F, sums);
    std::vector<float> moved(size, 1.0F);
    move_towards(values, 0.25F, moved);
    for (std::size_t i = 0; i < size; ++i) {
      EXPECT_EQ(moved[i], 1.0F + 0.25F * (values[i] - 1.0F));
      EXPECT_EQ(product[i], 3.0F * values[i]);
      EXPECT_EQ(clamped[i], std::clamp(values[i], -1.25F, 1.25F));
      EXPECT_EQ(sums[i], values[i] == 0 ? 1.0F : (values[i] > 0 ? 1.5F : 0.5F));
    }
  }
}

TEST(Elementwise, SumOfSquares) {
  for (const std::size_t size : {0U, 1U, 15U, 16U, 1000U}) {
    double expected = 0;
    for (const float value : some_values(size)) expected += static_cast<double>(value) * static_cast<double>(value);
    EXPECT_NEAR(sum_of_squares(some_values(size)), expected, 1e-13 * expected);
  }
  EXPECT_TRUE(std::isinf(sum_of_squares(std::vector{1.0F, kInfinity})));
}

TEST(Elementwise, AllFiniteAndAllWithin) {
  for (const std::size_t size : {1U, 17U, 64U}) {
    for (std::size_t i = 0; i < size; ++i) {
      std::vector<float> values = some_values(size);
      EXPECT_TRUE(all_finite(values));
      EXPECT_TRUE(all_within(1e3F, values));
      for (const float wrong : {kNan, -kNan, kInfinity, -kInfinity}) {
        values[i] = wrong;
        EXPECT_FALSE(all_finite(values));
        EXPECT_FALSE(all_within(kLargest, values));
      }
      values[i] = -kLargest;
      EXPECT_TRUE(all_finite(values));
      EXPECT_FALSE(all_within(1e3F, values));
      values[i] = 1e3F;
      EXPECT_TRUE(all_within(1e3F, values));
    }
  }
  EXPECT_TRUE(all_finite(std::span<const float>()));
}

TEST(Elementwise, AllFiniteFindsADoubleThatIsNot) {
  for (const std::size_t size : {1U, 7U, 16U, 33U})
    for (std::size_t i = 0; i < size; ++i) {
      std::vector<double> values(size, -std::numeric_limits<double>::max());
      EXPECT_TRUE(all_finite(values));
      for (const double bad : {std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity(),
                               std::numeric_limits<double>::quiet_NaN()}) {
        values[i] = bad;
        EXPECT_FALSE(all_finite(values)) << i;
      }
    }
  EXPECT_TRUE(all_finite(std::span<const double>()));
}

TEST(Elementwise, LargestIsTheLargestSize) {
  std::vector<float> values = some_values(3 * 20);
  const Matrix matrix(values, 3, 17, 20);  // what lies between rows does not count
  values[17] = kNan;
  values[2] = -1e6F;
  EXPECT_EQ(largest(matrix), 1e6F);
  EXPECT_TRUE(std::isfinite(largest(matrix)));
  values[56] = 2e6F;
  EXPECT_EQ(largest(matrix), 2e6F);
  values[20] = -kInfinity;
  EXPECT_EQ(largest(matrix), kInfinity);
  EXPECT_FALSE(std::isfinite(largest(matrix)));
  values[41] = -kNan;
  EXPECT_TRUE(std::isnan(largest(matrix)));
  EXPECT_EQ(largest({}), 0.0F);
}

}  // namespace
}  // namespace lockstep
