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
  EXPECT_THAT(list.sort({true, true, true, true}), ElementsAre(2, 3, 1, 0));
  EXPECT_THAT(list.words(), ElementsAre("Z", "a", "b", "ä"));
  EXPECT_EQ(list.find("b"), 2U);
}

TEST(WordList, DropsWordsThatAreNotKept) {
  WordList list({"c", "b", "a"});
  const std::vector<std::size_t> places = list.sort({true, false, true});
  EXPECT_THAT(list.words(), ElementsAre("a", "c"));
  EXPECT_EQ(places[0], 1U);
  EXPECT_EQ(places[2], 0U);
}

TEST(WordList, NumbersHaveOneSpelling) {
  for (const char* spelling : {"1", "1.0", "01", "+1", "1e0"}) EXPECT_EQ(spelling_of(spelling), "1");
  EXPECT_EQ(spelling_of("one"), "one");
  const WordList list({"one", "1", "20"});
  EXPECT_EQ(list.find("1.0"), list.size());
  EXPECT_EQ(list.find_spelling("1.0"), 1U);
  EXPECT_EQ(list.find_spelling("one"), 0U);
  EXPECT_EQ(list.find_spelling("2"), list.size());
}

}  // namespace
}  // namespace lockstep
