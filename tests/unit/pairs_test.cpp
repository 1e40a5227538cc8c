// Pairs of bfloat16 numbers: rounded by vectors and one by one, and what they are again as floats.
#include "tensor/pairs.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "base/random.hpp"
#include "bfloat16.hpp"

namespace lockstep {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

std::uint32_t bits_of(float value) {
  return std::bit_cast<std::uint32_t>(value);
}

/// Of the value alone, and as both numbers of a pair.
void expect_rounds(float value, float expected) {
  EXPECT_EQ(rounded_bits(value) >> 16U, bits_of(expected) >> 16U) << value;
  EXPECT_EQ(bits_of(make_pair(value, 0).first()), bits_of(expected)) << value;
  EXPECT_EQ(bits_of(make_pair(0, value).second()), bits_of(expected)) << value;
}

TEST(Bfloat16, IsTheNearestNumberOrTheEvenOneOfTwo) {
  for (const float sign : {1.0F, -1.0F}) {
    expect_rounds(sign * 1.0F, sign * 1.0F);
    expect_rounds(sign * (1 + 0x1p-8F), sign * 1.0F);                      // between 1 and 1 + 2^-7: to the even one
    expect_rounds(sign * (1 + 3 * 0x1p-8F), sign * (1 + 0x1p-6F));         // likewise, up
    expect_rounds(sign * (1 + 0x1p-8F + 0x1p-23F), sign * (1 + 0x1p-7F));  // nearer to the upper one
    expect_rounds(sign * (1 + 3 * 0x1p-8F - 0x1p-23F), sign * (1 + 0x1p-7F));  // nearer to the lower one
    expect_rounds(sign * (2 - 0x1p-23F), sign * 2.0F);                         // up to the next power of two
    expect_rounds(sign * 0x1.fefffep127F, sign * 0x1.fep127F);                 // the largest one
    expect_rounds(sign * 0x1.ffp127F, sign * kInfinity);
    expect_rounds(sign * std::numeric_limits<float>::max(), sign * kInfinity);
    expect_rounds(sign * kInfinity, sign * kInfinity);
  }
}

TEST(Bfloat16, IsZeroBelowTheNormalNumbers) {
  for (const float sign : {1.0F, -1.0F}) {
    expect_rounds(sign * 0.0F, sign * 0.0F);
    expect_rounds(sign * 0x1p-126F, sign * 0x1p-126F);
    expect_rounds(sign * 0x1.fffffcp-127F, sign * 0.0F);  // the largest subnormal one, though 2^-126 is near
    expect_rounds(sign * 0x1p-149F, sign * 0.0F);
  }
}

TEST(Bfloat16, StaysNoNumber) {
  for (const std::uint32_t bits : {0x7fc00000U, 0x7f800001U, 0x7fffffffU, 0xff800001U, 0xffffffffU}) {
    const Pair both = make_pair(std::bit_cast<float>(bits), std::bit_cast<float>(bits));
    EXPECT_TRUE(std::isnan(both.first()));
    EXPECT_TRUE(std::isnan(both.second()));
  }
}

/// Values of all sizes, and those where rounding has a choice: bits as they come, the lower half often half a step.
std::vector<float> values_of_all_sizes(std::size_t count) {
  RandomSequence random(5, Purpose::initial_weights);
  std::vector<float> values(count);
  for (float& value : values) {
    auto bits = static_cast<std::uint32_t>(random.next());
    if (random.next_below(3) == 0) bits = (bits & 0xffff0000U) | 0x8000U;
    if (random.next_below(8) == 0) bits &= 0x80ffffffU;  // subnormal, or nearly
    if (random.next_below(64) == 0) bits = (bits & 0x80000000U) | 0x7f800000U;
    value = std::bit_cast<float>(bits);
  }
  return values;
}

TEST(Bfloat16, IsWhatItsDefinitionSays) {
  for (const float value : values_of_all_sizes(1'000'000)) {
    const float rounded = make_pair(value, 0).first();
    if (std::isnan(value))
      ASSERT_TRUE(std::isnan(rounded)) << bits_of(value);
    else
      ASSERT_EQ(bits_of(rounded), bits_of(nearest_bfloat16(value))) << bits_of(value);
  }
}

/// Vectors take whole numbers of 16 and 32 columns, the rest is rounded one by one: all must give the same bits.
TEST(Pairs, OfMatricesOfAnySizeAreThoseOfTheirNumbers) {
  constexpr std::size_t kMost = 70;
  const std::vector<float> values = values_of_all_sizes(9 * (kMost + 3));
  for (const std::size_t rows : {0U, 1U, 2U, 5U, 8U, 9U})
    for (std::size_t cols = 0; cols <= kMost; ++cols) {
      const ConstMatrix from(values, rows, cols, cols + 3);
      const auto number = [&](std::size_t row, std::size_t col) {
        return row < rows && col < cols ? from.row(row)[col] : 0.0F;
      };
      constexpr Pair kPast{0x12345678};

      std::vector<Pair> in_rows(rows * (pairs_of(cols) + 1), kPast);
      pair_in_rows(from, PairMatrix(in_rows, rows, pairs_of(cols), pairs_of(cols) + 1));
      for (std::size_t row = 0; row < rows; ++row) {
        const std::span<const Pair> pairs = std::span(in_rows).subspan(row * (pairs_of(cols) + 1));
        for (std::size_t p = 0; p < pairs_of(cols); ++p)
          ASSERT_EQ(pairs[p].bits, make_pair(number(row, 2 * p), number(row, 2 * p + 1)).bits)
              << rows << " x " << cols << " at " << row << ", " << p;
        ASSERT_EQ(pairs[pairs_of(cols)].bits, kPast.bits) << "wrote past the end";
      }

      std::vector<Pair> in_columns(pairs_of(rows) * (cols + 1), kPast);
      pair_in_columns(from, PairMatrix(in_columns, pairs_of(rows), cols, cols + 1));
      for (std::size_t p = 0; p < pairs_of(rows); ++p) {
        const std::span<const Pair> pairs = std::span(in_columns).subspan(p * (cols + 1));
        for (std::size_t col = 0; col < cols; ++col)
          ASSERT_EQ(pairs[col].bits, make_pair(number(2 * p, col), number(2 * p + 1, col)).bits)
              << rows << " x " << cols << " at " << p << ", " << col;
        ASSERT_EQ(pairs[cols].bits, kPast.bits) << "wrote past the end";
      }
    }
}

TEST(Pairs, AreFloatsAgainInTheOrderOfProducts) {
  const std::vector<float> numbers = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};  // exact as bfloat16
  const ConstMatrix from(numbers, 2, 5);
  std::vector<Pair> pairs(6);
  std::vector<float> wide(12, kNan);
  pair_in_rows(from, PairMatrix(pairs, 2, 3));
  widen_rows(ConstPairs(pairs, 2, 3), Matrix(wide, 2, 6));
  EXPECT_EQ(wide, (std::vector<float>{2, 1, 4, 3, 0, 5, 7, 6, 9, 8, 0, 10}));

  const ConstMatrix tall(numbers, 5, 2);
  pair_in_columns(tall, PairMatrix(pairs, 3, 2));
  widen_columns(ConstPairs(pairs, 3, 2), Matrix(wide, 6, 2));
  EXPECT_EQ(wide, (std::vector<float>{3, 4, 1, 2, 7, 8, 5, 6, 0, 0, 9, 10}));
}

TEST(Pairs, RefuseShapesThatDoNotAgree) {
  const std::vector<float> numbers(12);
  std::vector<Pair> pairs(12);
  std::vector<float> wide(24);
  EXPECT_DEATH(pair_in_rows(ConstMatrix(numbers, 3, 4), PairMatrix(pairs, 3, 3)), "half as many");
  EXPECT_DEATH(pair_in_columns(ConstMatrix(numbers, 3, 4), PairMatrix(pairs, 1, 4)), "half as many");
  EXPECT_DEATH(widen_rows(ConstPairs(pairs, 3, 4), Matrix(wide, 3, 7)), "two numbers");
  EXPECT_DEATH(widen_columns(ConstPairs(pairs, 3, 4), Matrix(wide, 3, 8)), "two numbers");
}

}  // namespace
}  // namespace lockstep
