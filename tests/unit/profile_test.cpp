// Laps add up to phases, and the last of them make a timeline.
#include "base/profile.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <thread>

namespace lockstep {
namespace {

TEST(Profile, GivesEachLapToItsPhaseAndLosesNoTime) {
  Profile profile;
  profile.start();
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  profile.lap(Phase::forward);
  profile.lap(Phase::backward);
  std::this_thread::sleep_for(std::chrono::milliseconds(10));
  profile.lap(Phase::forward);
  const PhaseSeconds& seconds = profile.seconds();
  EXPECT_GE(seconds[static_cast<std::size_t>(Phase::forward)], 0.03);
  EXPECT_LT(seconds[static_cast<std::size_t>(Phase::backward)], 0.01);
  const auto laps = profile.last_laps();
  ASSERT_EQ(laps.size(), 3U);
  EXPECT_EQ(laps[1].phase, Phase::backward);
  EXPECT_EQ(laps[0].begin, 0);
  EXPECT_EQ(laps[0].end, laps[1].begin);
  EXPECT_NEAR(std::accumulate(seconds.begin(), seconds.end(), 0.0), laps[2].end, 1e-12);
}

TEST(Profile, KeepsTheLastLapsInOrder) {
  Profile profile;
  profile.start();
  for (int i = 0; i < 10000; ++i) profile.lap(i % 2 == 0 ? Phase::gather : Phase::update);
  const auto laps = profile.last_laps();
  ASSERT_GT(laps.size(), 100U);
  ASSERT_LT(laps.size(), 10000U);
  for (std::size_t i = 1; i < laps.size(); ++i) ASSERT_EQ(laps[i].begin, laps[i - 1].end);
  EXPECT_EQ(laps.back().phase, Phase::update);
  profile.start();
  EXPECT_TRUE(profile.last_laps().empty());
}

TEST(Profile, NamesEveryPhase) {
  for (std::size_t phase = 0; phase < kPhases; ++phase) EXPECT_STRNE(name_of(static_cast<Phase>(phase)), "") << phase;
}

}  // namespace
}  // namespace lockstep
