// Numbers of things, in words.
#include "base/counted.hpp"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

TEST(Counted, IsSingularForOneAlone) {
  EXPECT_EQ(counted(0, "step"), "0 steps");
  EXPECT_EQ(counted(1, "step"), "1 step");
  EXPECT_EQ(counted(12, "step"), "12 steps");
  EXPECT_EQ(counted(1, "class", "classes"), "1 class");
  EXPECT_EQ(counted(2, "class", "classes"), "2 classes");
}

}  // namespace
}  // namespace lockstep
