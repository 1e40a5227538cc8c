// Which of a program's tests run. Compiling many files as one program takes a third of the time, and a test each for
// CTest says which file a failure is in.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace lockstep {

/// Of all tests of this program, only those in the file of that name (without folders) run. To be called after
/// GoogleTest knows them all. Returns whether there are any.
inline bool keep_tests_of(const std::string& file) {
  std::string filter;
  const testing::UnitTest& program = *testing::UnitTest::GetInstance();
  for (int i = 0; i < program.total_test_suite_count(); ++i) {
    const testing::TestSuite& suite = *program.GetTestSuite(i);
    for (int j = 0; j < suite.total_test_count(); ++j) {
      const testing::TestInfo& test = *suite.GetTestInfo(j);
      if (std::filesystem::path(test.file()).filename() == file)
        filter += fmt::format("{}.{}:", suite.name(), test.name());
    }
  }
  GTEST_FLAG_SET(filter, filter);
  if (filter.empty()) fmt::print(stderr, "no test in this program is of {}\n", file);
  return !filter.empty();
}

}  // namespace lockstep
