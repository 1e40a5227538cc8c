// A bus error says what it means, and is a failure.
#include "base/bus_error.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>

namespace lockstep {
namespace {

TEST(BusErrorDeathTest, IsExplained) {
  EXPECT_EXIT(
      {
        explain_bus_errors("rank 3 (node07)");
        // A file of no bytes has no page.
        const int file = open(testing::TempDir().c_str(), O_TMPFILE | O_RDWR, 0600);
        auto* page = static_cast<volatile char*>(mmap(nullptr, 4096, PROT_WRITE, MAP_SHARED, file, 0));
        *page = 1;
      },
      testing::ExitedWithCode(1), "rank 3 \\(node07\\): bus error: .*/dev/shm");
}

}  // namespace
}  // namespace lockstep
