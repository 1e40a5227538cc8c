// Dropout masks: reproducible, of the right rate and scale, and different wherever the key differs.
#include "nn/dropout.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/random.hpp"

namespace lockstep {
namespace {

using testing::Each;
using testing::ElementsAreArray;

struct Mask {
  Mask(std::uint64_t seed, std::uint64_t step, std::vector<std::uint32_t> samples, std::size_t layer, double rate,
       std::size_t units)
      : values(samples.size() * units), matrix(values, samples.size(), units) {
    draw_dropout_mask({seed, step, samples}, layer, rate, matrix);
  }

  std::vector<float> values;
  Matrix matrix;
};

TEST(Dropout, FollowsTheRandomSequence) {
  constexpr std::size_t kUnits = 7;  // an odd number: the last word is used by half
  const Mask mask(3, 11, {40, 2}, 1, 0.25, kUnits);
  for (const auto& [row, sample] : {std::pair(0U, 40U), std::pair(1U, 2U)}) {
    RandomSequence random(3, Purpose::dropout, 11, sample, 1);
    std::vector<std::uint64_t> words;
    for (std::size_t i = 0; i < kUnits; i += 2) words.push_back(random.next());
    for (std::size_t u = 0; u < kUnits; ++u) {
      const std::uint64_t half = u % 2 == 0 ? words[u / 2] % (1ULL << 32) : words[u / 2] / (1ULL << 32);
      EXPECT_EQ(mask.matrix.row(row)[u], half < (1ULL << 30) ? 0.0F : 1.0F / 0.75F) << "unit " << u;
    }
  }
}

TEST(Dropout, LeavesOutTheRateOfUnitsAndKeepsTheMean) {
  for (const double rate : {0.1, 0.5, 0.8}) {
    std::vector<std::uint32_t> samples(200);
    for (std::uint32_t s = 0; s < samples.size(); ++s) samples[s] = s;
    const Mask mask(1, 0, samples, 0, rate, 500);
    const auto count = static_cast<double>(mask.values.size());
    const auto zeros = static_cast<double>(std::ranges::count(mask.values, 0.0F));
    double sum = 0;
    for (const float value : mask.values) sum += static_cast<double>(value);
    const double deviation = std::sqrt(rate * (1 - rate) / count);
    EXPECT_NEAR(zeros / count, rate, 4 * deviation);
    EXPECT_NEAR(sum / count, 1, 4 * deviation / (1 - rate));
  }
}

TEST(Dropout, DependsOnEachPartOfItsKey) {
  const Mask mask(1, 2, {3}, 4, 0.5, 100);
  EXPECT_THAT(Mask(1, 2, {3}, 4, 0.5, 100).values, ElementsAreArray(mask.values));
  EXPECT_NE(Mask(9, 2, {3}, 4, 0.5, 100).values, mask.values);
  EXPECT_NE(Mask(1, 9, {3}, 4, 0.5, 100).values, mask.values);
  EXPECT_NE(Mask(1, 2, {9}, 4, 0.5, 100).values, mask.values);
  EXPECT_NE(Mask(1, 2, {3}, 9, 0.5, 100).values, mask.values);
}

TEST(Dropout, OfASampleDoesNotDependOnItsRow) {
  const Mask together(1, 2, {7, 8, 9}, 0, 0.5, 33);
  const Mask alone(1, 2, {9}, 0, 0.5, 33);
  EXPECT_THAT(together.matrix.row(2), ElementsAreArray(alone.values));
}

TEST(Dropout, ExtremeRates) {
  EXPECT_THAT(Mask(1, 2, {3, 4}, 0, 0.0, 50).values, Each(1.0F));
  const double most = std::nextafter(1.0, 0.0);
  EXPECT_THAT(Mask(1, 2, {3, 4}, 0, most, 50).values, Each(0.0F));
}

TEST(MultiplyElements, MayWriteOverAFactor) {
  std::vector<float> a = {1, 2, 3, 4};
  std::vector<float> b = {0, 2, 0.5F, -1};
  multiply_elements(ConstMatrix(a, 2, 2), ConstMatrix(b, 2, 2), Matrix(a, 2, 2));
  EXPECT_THAT(a, ElementsAreArray({0.0F, 4.0F, 1.5F, -4.0F}));
}

}  // namespace
}  // namespace lockstep
