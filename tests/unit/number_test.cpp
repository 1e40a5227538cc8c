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

TEST(NumberTest, ReadsTruthAndFortran) {
  for (const char* text : {"True", "true", "TRUE"}) EXPECT_EQ(parse_field(text), 1) << text;
  for (const char* text : {"False", "false", "FALSE"}) EXPECT_EQ(parse_field(text), 0) << text;
  EXPECT_EQ(parse_field("1.5d0"), 1.5);
  EXPECT_EQ(parse_field("1D+3"), 1000);
  EXPECT_EQ(parse_field("-.5D-01"), -0.05);
  for (const char* text : {"d", "1d", "1d2d3", "1dx", "tRUE", "yes", "0.1+100"})
    EXPECT_EQ(parse_field(text), std::nullopt) << text;
}

TEST(NumberTest, ReadsDecimalCommas) {
  const auto read = [](const char* text) { return parse_field(text, Decimal::comma); };
  EXPECT_EQ(read("-1,5"), -1.5);
  EXPECT_EQ(read(",5e3"), 500);
  EXPECT_EQ(read("7"), 7);
  EXPECT_EQ(read("true"), 1);
  for (const char* text : {"1.5", "1.234,5", "1,234,5", ",", ""}) EXPECT_EQ(read(text), std::nullopt) << text;
}

TEST(NumberTest, SaysWhyATextIsNoNumber) {
  const std::pair<const char*, const char*> reasons[] = {
      {"", "is a missing value"},      {"NA", "is a missing value"},
      {"********", "Fortran"},         {"0.1+100", "write 0.1E+100"},
      {"-1.5-200", "write -1.5E-200"}, {"\u22125", "U+2212"},
      {"\u00A05", "no-break space"},   {"3,5", "data.decimal"},
      {"1,234.5", "data.decimal"},     {"1e400", "beyond the range of float64"},
      {"-inf", "not a finite number"}, {"cat", "leave the column out"},
      {"+-1", "not a finite number"},  {"1.5", "a point out of place"}};
  for (const auto& [text, why] : reasons) EXPECT_THAT(why_no_number(text), testing::HasSubstr(why)) << text;
}

}  // namespace
}  // namespace lockstep
