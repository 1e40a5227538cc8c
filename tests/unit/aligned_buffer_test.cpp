// Buffers start on a cache line and are zero.
#include "tensor/aligned_buffer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>

namespace lockstep {
namespace {

using testing::Each;
using testing::IsEmpty;
using testing::SizeIs;

TEST(AlignedBuffer, IsAlignedAndZero) {
  for (const std::size_t size : {1U, 15U, 16U, 1000U, 1U << 20}) {
    for (int again = 0; again < 3; ++again) {  // also where memory was used before
      AlignedBuffer buffer(size);
      const std::span<float> values = buffer.span();
      ASSERT_THAT(values, SizeIs(size));
      ASSERT_EQ(reinterpret_cast<std::uintptr_t>(values.data()) % 64, 0U);
      ASSERT_TRUE(std::ranges::all_of(values, [](float value) { return value == 0.0F; }));
      std::ranges::fill(values, 1.0F);
    }
  }
}

TEST(AlignedBuffer, ShowsItsValuesToReadersToo) {
  AlignedBuffer buffer(3);
  std::ranges::fill(buffer.span(), 2.0F);
  const AlignedBuffer moved = std::move(buffer);
  EXPECT_THAT(moved.span(), SizeIs(3));
  EXPECT_THAT(moved.span(), Each(2.0F));
}

TEST(AlignedBuffer, MayBeEmpty) {
  EXPECT_THAT(AlignedBuffer().span(), IsEmpty());
  EXPECT_THAT(AlignedBuffer(0).span(), IsEmpty());
}

}  // namespace
}  // namespace lockstep
