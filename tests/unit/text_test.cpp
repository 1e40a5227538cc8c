#include "config/text.hpp"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

TEST(TextTest, TrimsBlanksAndLineEnds) {
  EXPECT_EQ(trim(" \ta b\r\n"), "a b");
  EXPECT_EQ(trim("ab"), "ab");
  EXPECT_EQ(trim(" \n"), "");
  EXPECT_EQ(trim(""), "");
}

TEST(TextTest, MakesCapitalsSmall) {
  EXPECT_EQ(lower("ReLU_2"), "relu_2");
  EXPECT_EQ(lower("\u00c9"), "\u00c9");  // ASCII alone
}

}  // namespace
}  // namespace lockstep
