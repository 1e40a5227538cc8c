// The collected faults of a table.
#include "data/field_faults.hpp"

#include <gmock/gmock.h>

namespace lockstep {
namespace {

using testing::HasSubstr;

std::string where(std::uint64_t line) {
  return fmt::format("t.csv:{}", line);
}

TEST(FieldFaultsTest, OneFaultIsOneLine) {
  FieldFaults faults;
  EXPECT_TRUE(faults.empty());
  faults.add(1, 7, "cat", false);
  EXPECT_FALSE(faults.empty());
  const Error error = faults.error("t.csv", where, std::vector<std::string>{"a", "b"}, "");
  EXPECT_EQ(error.status(), ExitStatus::bad_input);
  EXPECT_THAT(error.what(), testing::StartsWith("t.csv:7: column 'b': 'cat' is not a finite number; "));
  EXPECT_THAT(error.what(), testing::Not(HasSubstr("\n")));
}

TEST(FieldFaultsTest, CountsMissingValuesApartFromWords) {
  FieldFaults faults;
  for (std::uint64_t line = 2; line < 1000; ++line) faults.add(0, line, line % 2 == 0 ? "cat" : "NA", line % 2 != 0);
  const Error error = faults.error("t.csv", where, std::vector<std::string>{"a"}, "one more");
  EXPECT_THAT(error.what(), HasSubstr("\n  t.csv:2: column 'a': 'cat', the first of 499 such fields, is not"));
  EXPECT_THAT(error.what(), HasSubstr("\n  t.csv:3: column 'a': 'NA', the first of 499 "
                                      "such fields, is a missing value"));
  EXPECT_THAT(error.what(), HasSubstr("\n  one more"));
}

}  // namespace
}  // namespace lockstep
