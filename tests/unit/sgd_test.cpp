// The update rule, step by step by hand.
#include "optim/sgd.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace lockstep {
namespace {

/// An optimizer with the velocity of its parameters.
struct Descent {
  Descent(const SgdOptions& options, std::size_t size)
      : optimizer(options), velocity(optimizer.has_velocity() ? size : 0) {}

  void update(std::span<float> parameters, std::span<const float> gradient, float rate) {
    optimizer.update(parameters, velocity, gradient, rate);
  }

  Sgd optimizer;
  std::vector<float> velocity;
};

TEST(Sgd, PlainDescent) {
  std::vector<float> w = {1.0F, -2.0F};
  Descent sgd({.learning_rate = 99}, 2);
  EXPECT_FALSE(sgd.optimizer.has_velocity());
  sgd.update(w, std::array{0.5F, -1.0F}, 0.1F);
  EXPECT_FLOAT_EQ(w[0], 0.95F);
  EXPECT_FLOAT_EQ(w[1], -1.9F);
}

TEST(Sgd, WeightDecayPullsToZero) {
  std::vector<float> w = {1.0F};
  Descent sgd({.weight_decay = 0.2}, 1);
  sgd.update(w, std::array{0.5F}, 0.1F);
  EXPECT_FLOAT_EQ(w[0], 1.0F - 0.1F * (0.5F + 0.2F));
}

TEST(Sgd, MomentumAddsUp) {
  std::vector<float> w = {1.0F};
  Descent sgd({.momentum = 0.9}, 1);
  sgd.update(w, std::array{1.0F}, 0.1F);  // velocity 1
  EXPECT_FLOAT_EQ(w[0], 0.9F);
  sgd.update(w, std::array{1.0F}, 0.1F);  // velocity 1.9
  EXPECT_FLOAT_EQ(sgd.velocity[0], 1.9F);
  EXPECT_FLOAT_EQ(w[0], 0.71F);
  sgd.update(w, std::array{0.0F}, 0.2F);  // velocity 1.71
  EXPECT_FLOAT_EQ(w[0], 0.71F - 0.2F * 1.71F);
}

TEST(Sgd, VelocityEndsAtZeroBeforeItIsSubnormal) {
  for (const bool nesterov : {false, true}) {
    std::vector<float> w = {1.0F, 1.0F};
    Descent sgd({.momentum = 0.9, .nesterov = nesterov}, 2);
    sgd.update(w, std::array{1.0F, -1.0F}, 0.1F);
    float least = 1.0F;
    for (int step = 0; step < 1000; ++step) {
      sgd.update(w, std::array{0.0F, 0.0F}, 0.1F);
      for (const float velocity : sgd.velocity)
        if (velocity != 0) least = std::min(least, std::abs(velocity));
    }
    EXPECT_THAT(sgd.velocity, testing::Each(0.0F));
    EXPECT_GE(least, kLeastVelocity);
    EXPECT_LT(least, kLeastVelocity / 0.9F * 1.01F);
  }
}

TEST(Sgd, NesterovLooksAhead) {
  std::vector<float> w = {1.0F};
  Descent sgd({.momentum = 0.5, .nesterov = true, .weight_decay = 0.1}, 1);
  sgd.update(w, std::array{1.0F}, 0.1F);
  const float g = 1.0F + 0.1F * 1.0F;
  EXPECT_FLOAT_EQ(w[0], 1.0F - 0.1F * (g + 0.5F * g));
}

TEST(Sgd, ContinuesFromARestoredVelocity) {
  std::vector<float> whole = {1.0F, 2.0F};
  Descent undisturbed({.momentum = 0.9}, 2);
  undisturbed.update(whole, std::array{1.0F, -1.0F}, 0.1F);
  std::vector<float> resumed = whole;
  Descent restored({.momentum = 0.9}, 2);
  restored.velocity = undisturbed.velocity;

  undisturbed.update(whole, std::array{0.3F, 0.4F}, 0.1F);
  restored.update(resumed, std::array{0.3F, 0.4F}, 0.1F);
  EXPECT_EQ(whole, resumed);
}

}  // namespace
}  // namespace lockstep
