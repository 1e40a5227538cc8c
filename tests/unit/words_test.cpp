// Lists of words.
#include "data/words.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

using testing::ElementsAre;

TEST(WordList, NumbersWordsAsTheyCome) {
  WordList list({"b", "a"});
  EXPECT_EQ(list.find("a"), 1U);
  EXPECT_EQ(list.find("c"), list.size());
  list.add("Z");
  EXPECT_EQ(list.find("Z"), 2U);
}

TEST(WordList, SortsAndTellsTheNewNumbers) {
  WordList list({"b", "ä", "a", "Z"});
  EXPECT_THAT(list.sort(), ElementsAre(2, 3, 1, 0));
  EXPECT_THAT(list.words(), ElementsAre("Z", "a", "b", "ä"));
  EXPECT_EQ(list.find("b"), 2U);
}

TEST(WordList, NumbersHaveOneSpelling) {
  for (const char* spelling : {"1", "1.0", "01", "+1", "1e0"}) EXPECT_EQ(spelling_of(spelling), "1");
  EXPECT_EQ(spelling_of("one"), "one");
}

}  // namespace
}  // namespace lockstep
