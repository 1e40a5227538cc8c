// Choices by column: by name, by pattern, for all.
#include "data/by_column.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"

namespace lockstep {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

const std::vector<std::string> kNames = {"age", "x_1", "x_2", "x[1]"};

std::vector<int> of(const std::map<std::string, int>& given) {
  ByColumn<int> choice;
  choice.given = given;
  choice.check(kNames, "data.scale", "t.csv");
  return choice.of(kNames, "data.scale", "t.csv");
}

std::string refusal(const std::map<std::string, int>& given) {
  try {
    of(given);
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), ExitStatus::bad_input);
    return error.what();
  }
  return "";
}

TEST(ByColumn, TakesTheNameElseTheLongestPattern) {
  EXPECT_THAT(of({}), ElementsAre(0, 0, 0, 0));
  EXPECT_THAT(of({{"*", 1}}), ElementsAre(1, 1, 1, 1));
  EXPECT_THAT(of({{"*", 1}, {"x*", 2}, {"x_*", 3}, {"x_2", 4}}), ElementsAre(1, 3, 4, 2));
  EXPECT_THAT(of({{"x[1]", 5}, {"x_[0-9]", 6}}), ElementsAre(0, 6, 6, 5));
  EXPECT_THAT(of({{"x_1", 0}, {"*", 1}}), ElementsAre(1, 0, 1, 1));
}

TEST(ByColumn, RefusesWhatIsOfNoColumnAndWhatIsUndecided) {
  EXPECT_THAT(refusal({{"agee", 1}}),
              AllOf(HasSubstr("data.scale"), HasSubstr("no column 'agee' in t.csv"), HasSubstr("'x_1'")));
  EXPECT_THAT(refusal({{"a*", 1}, {"*e", 2}}), HasSubstr("'*e' and 'a*' both mean column 'age'"));
  EXPECT_EQ(refusal({{"a*", 1}, {"*e", 2}, {"age", 3}}), "");
}

TEST(ByColumn, OneForAllIsTheStar) {
  EXPECT_EQ(ByColumn<int>(3).given, (std::map<std::string, int>{{"*", 3}}));
  EXPECT_EQ(ByColumn<int>(0), ByColumn<int>());
}

}  // namespace
}  // namespace lockstep
