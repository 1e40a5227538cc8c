// A reader that calls back, for threads that ask.
#include "base/read_ahead.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>

namespace lockstep {
namespace {

TEST(ReadAheadTest, GivesAllItemsInOrder) {
  ReadAhead<int> items([](const auto& give) {
    for (int i = 0; i < 100; ++i) give(i);
  });
  for (int i = 0; i < 100; ++i) EXPECT_EQ(items.next(), i);
  EXPECT_EQ(items.next(), std::nullopt);
  EXPECT_EQ(items.next(), std::nullopt);
}

TEST(ReadAheadTest, ThrowsBehindTheItemsBefore) {
  ReadAhead<int> items([](const auto& give) {
    give(1);
    throw std::runtime_error("damaged");
  });
  EXPECT_EQ(items.next(), 1);
  EXPECT_THROW(items.next(), std::runtime_error);
}

TEST(ReadAheadTest, ReadsNoMoreThanOneItemAhead) {
  std::atomic<int> read = 0;
  {
    ReadAhead<int> items([&](const auto& give) {
      for (;;) give(++read);
    });
    EXPECT_EQ(items.next(), 1);
    EXPECT_EQ(items.next(), 2);
  }  // ends a reader that has no end
  EXPECT_LE(read, 4);
}

}  // namespace
}  // namespace lockstep
