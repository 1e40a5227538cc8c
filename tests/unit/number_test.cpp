// Numbers in text: spellings, limits, and the words for missing values.
#include "data/number.hpp"

#include <gmock/gmock.h>

#include <cmath>

namespace lockstep {
namespace {

TEST(NumberTest, ReadsDecimalNumbers) {
  EXPECT_EQ(parse_number("+1.5"), 1.5);
  EXPECT_EQ(parse_number("-2e3"), -2000);
  EXPECT_EQ(parse_number(".25"), 0.25);
  EXPECT_EQ(parse_number("7."), 7);
  EXPECT_EQ(parse_number("1700000000.05"), 1700000000.05);
  EXPECT_EQ(parse_number("1e-400"), 0);
  EXPECT_EQ(parse_number("1e-46"), 1e-46);
  EXPECT_EQ(parse_number("3.5e38"), 3.5e38);
}

TEST(NumberTest, TellsWhatIsNone) {
  for (const char* text :
       {"", " 1", "1 ", "nan", "inf", "-inf", "1e400", "-1e400", "0x10", "+-1", "--1", "+", "1;5", "1,5", "1d0"})
    EXPECT_EQ(parse_number(text), std::nullopt) << text;
}

TEST(NumberTest, HasOneSpellingOfEachNumber) {
  EXPECT_EQ(canonical_number(1), "1");
  EXPECT_EQ(canonical_number(-0.0), "0");
  EXPECT_EQ(canonical_number(1.5), "1.5");
  EXPECT_EQ(canonical_number(100000), "100000");
  EXPECT_EQ(canonical_number(0.1), "0.1");
}

TEST(NumberTest, KnowsTheWordsForMissingValues) {
  for (const char* text : {"", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "?", "<NA>"})
    EXPECT_TRUE(is_missing(text)) << text;
  for (const char* text : {"0", "none", "Na", "-", "no", "nano"}) EXPECT_FALSE(is_missing(text)) << text;
}

}  // namespace
}  // namespace lockstep
