// Names of arrays that tell what they are.
#include "data/guess_names.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace lockstep {
namespace {

TEST(GuessNames, FindsTrainingAndTestSetsHoweverTheyAreWritten) {
  const std::vector<std::string> keras = {"x_test", "x_train", "y_test", "y_train"};
  const auto guess = guess_names(keras);
  ASSERT_TRUE(guess);
  EXPECT_EQ(guess->features, "x_train");
  EXPECT_EQ(guess->outputs, "y_train");
  EXPECT_EQ(guess->test_features, "x_test");
  EXPECT_EQ(guess->test_outputs, "y_test");
  const std::vector<std::string> capitals = {"X", "y"};
  EXPECT_EQ(guess_names(capitals)->features, "X");
  EXPECT_EQ(guess_names(capitals)->test_features, "");
}

TEST(GuessNames, SaysNothingWhereNamesDoNotTell) {
  const std::vector<std::string> others = {"a", "b", "x_train"};
  EXPECT_FALSE(guess_names(others));
}

}  // namespace
}  // namespace lockstep
