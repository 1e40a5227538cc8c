// Runs the tests of one file, `csv_test.cpp` for example, or without an argument all of the program's.
#include <gmock/gmock.h>

#include "tests_of_file.hpp"

int main(int argc, char** argv) {
  testing::InitGoogleMock(&argc, argv);
  if (argc > 1 && !lockstep::keep_tests_of(argv[1])) return 1;
  return RUN_ALL_TESTS();
}
