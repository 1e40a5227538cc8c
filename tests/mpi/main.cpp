// Runs the tests of one file, `reducer_test.cpp` for example, or without an argument all of the program's, on every
// rank. Rank 0 prints; the test fails when any rank has a failure.
#include <gmock/gmock.h>

#include "comm/communicator.hpp"
#include "tensor/blas.hpp"
#include "tests_of_file.hpp"

namespace {

/// Says on which rank an assertion failed.
class RankPrinter : public testing::EmptyTestEventListener {
 public:
  explicit RankPrinter(int rank) : rank_(rank) {}

  void OnTestPartResult(const testing::TestPartResult& result) override {
    if (result.failed())
      fmt::print(stderr, "rank {}: {}:{}: {}\n", rank_, result.file_name() == nullptr ? "?" : result.file_name(),
                 result.line_number(), result.message());
  }

 private:
  int rank_;
};

}  // namespace

int main(int argc, char** argv) {
  const lockstep::MpiSession session(argc, argv);
  testing::InitGoogleMock(&argc, argv);
  if (argc > 1 && !lockstep::keep_tests_of(argv[1])) return 1;
  lockstep::openblas::use_one_thread();
  const lockstep::Communicator world = lockstep::Communicator::world();
  auto& listeners = testing::UnitTest::GetInstance()->listeners();
  if (!world.is_root()) delete listeners.Release(listeners.default_result_printer());
  listeners.Append(new RankPrinter(world.rank()));
  const int result = RUN_ALL_TESTS();
  return world.sum(result) == 0 ? 0 : 1;
}
