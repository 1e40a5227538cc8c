// Shares of mixed samples: their distribution, and that they are pure functions of seed and step.
#include "data/mixup.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace lockstep {
namespace {

constexpr std::size_t kDraws = 20000;

std::vector<double> shares(double alpha) {
  std::vector<double> all;
  for (std::size_t step = 0; step < kDraws; ++step) all.push_back(static_cast<double>(mixup_share(alpha, 7, step)));
  return all;
}

TEST(Mixup, SharesHaveTheMomentsOfTheBetaDistribution) {
  for (const double alpha : {0.05, 0.2, 0.7, 1.0, 1.5, 4.0, 32.0, kMostMixup}) {
    double mean = 0;
    double variance = 0;
    double fourth = 0;
    for (const double share : shares(alpha)) {
      ASSERT_TRUE(share >= 0 && share <= 1);
      mean += share / kDraws;
      variance += std::pow(share - 0.5, 2) / kDraws;
      fourth += std::pow(share - 0.5, 4) / kDraws;
    }
    const double expected = 1 / (4 * (2 * alpha + 1));
    EXPECT_NEAR(mean, 0.5, 4 * std::sqrt(expected / kDraws)) << alpha;
    EXPECT_NEAR(variance, expected, 0.05 * expected) << alpha;
    EXPECT_NEAR(fourth, 3.0 / (16 * (2 * alpha + 1) * (2 * alpha + 3)), 0.1 * fourth) << alpha;
  }
}

TEST(Mixup, WithAlphaOneSharesAreUniform) {
  std::vector<double> all = shares(1);
  std::ranges::sort(all);
  for (std::size_t i = 0; i < kDraws; ++i) ASSERT_NEAR(all[i], static_cast<double>(i) / kDraws, 0.015);
}

TEST(Mixup, WithATinyAlphaHardlyAnythingIsMixed) {
  std::size_t mixed = 0;
  for (const double share : shares(1e-4)) mixed += std::min(share, 1 - share) > 0.01 ? 1 : 0;
  EXPECT_LT(mixed, kDraws / 200);
}

TEST(Mixup, AShareIsAPureFunctionOfSeedAndStep) {
  EXPECT_EQ(mixup_share(0.2, 1, 5), mixup_share(0.2, 1, 5));
  EXPECT_NE(mixup_share(0.2, 1, 5), mixup_share(0.2, 1, 6));
  EXPECT_NE(mixup_share(0.2, 1, 5), mixup_share(0.2, 2, 5));
}

}  // namespace
}  // namespace lockstep
