// Views of matrices: where their rows lie.
#include "tensor/matrix.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

namespace lockstep {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Matrix, ShowsMemoryInRowOrder) {
  std::vector<float> memory{1, 2, 3, 4, 5, 6, 7};  // more than it needs
  const Matrix matrix(memory, 3, 2);
  EXPECT_EQ(matrix.rows(), 3U);
  EXPECT_EQ(matrix.cols(), 2U);
  EXPECT_EQ(matrix.data(), memory.data());
  EXPECT_THAT(matrix.values(), ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_THAT(matrix.row(2), ElementsAre(5, 6));
  matrix.row(1)[1] = 40;
  EXPECT_EQ(memory[3], 40);
  const ConstMatrix reader = matrix;
  EXPECT_THAT(reader.row(1), ElementsAre(3, 40));
}

TEST(Matrix, ShowsSomeOfItsRows) {
  std::vector<float> memory{1, 2, 3, 4, 5, 6};
  const Matrix matrix(memory, 3, 2);
  const Matrix middle = matrix.rows(Range{1, 3});
  EXPECT_EQ(middle.rows(), 2U);
  EXPECT_EQ(middle.cols(), 2U);
  EXPECT_EQ(middle.data(), memory.data() + 2);
  EXPECT_THAT(middle.values(), ElementsAre(3, 4, 5, 6));
  EXPECT_EQ(matrix.rows(Range{3, 3}).rows(), 0U);
}

TEST(Matrix, MayHaveRoomBetweenItsRows) {
  std::vector<float> memory{1, 2, 9, 3, 4, 9, 5, 6};
  const Matrix matrix(memory, 3, 2, 3);
  EXPECT_THAT(matrix.row(2), ElementsAre(5, 6));
  EXPECT_THAT(matrix.rows(Range{1, 3}).row(0), ElementsAre(3, 4));
  const ConstMatrix column = matrix.columns(Range{1, 2});
  EXPECT_EQ(column.stride(), 3U);
  EXPECT_THAT(column.row(1), ElementsAre(4));
}

TEST(Matrix, RowsThatLieBelowEachOtherAreAnOddNumberOfCacheLinesApart) {
  for (const std::size_t cols : {16U, 32U, 48U, 64U, 512U, 2048U}) {
    EXPECT_GE(row_stride(cols), cols);
    EXPECT_EQ(row_stride(cols) % 32, 16U) << cols;
  }
  EXPECT_EQ(row_stride(10), 10U);
}

TEST(Matrix, MayBeEmpty) {
  EXPECT_EQ(Matrix().rows(), 0U);
  EXPECT_EQ(Matrix().cols(), 0U);
  EXPECT_THAT(ConstMatrix(Matrix()).values(), IsEmpty());
}

TEST(MatrixDeathTest, StaysWithinItsMemory) {
  std::vector<float> memory(5);
  EXPECT_DEATH(Matrix(memory, 3, 2), "a matrix needs memory for its rows and columns");
  EXPECT_DEATH(Matrix(memory, 2, 2, 4), "a matrix needs memory for its rows and columns");
  EXPECT_DEATH(Matrix(memory, 2, 2, 1), "a matrix needs memory for its rows and columns");
  EXPECT_DEATH(static_cast<void>(Matrix(memory, 2, 2, 3).values()), "only a dense matrix");
  const Matrix matrix(memory, 2, 2);
  EXPECT_DEATH(static_cast<void>(matrix.rows(Range{1, 3})), "rows must lie in their matrix");
  EXPECT_DEATH(static_cast<void>(matrix.rows(Range{2, 1})), "rows must lie in their matrix");
}

TEST(Argmax, IsTheFirstOfTheLargest) {
  EXPECT_EQ(argmax(std::array{3.0F}), 0U);
  EXPECT_EQ(argmax(std::array{-3.0F, -1.0F, -2.0F}), 1U);
  EXPECT_EQ(argmax(std::array{0.0F, 5.0F, 1.0F, 5.0F}), 1U);
  EXPECT_EQ(argmax(std::array{2.0F, 2.0F, 2.0F}), 0U);
  EXPECT_EQ(argmax(std::array{-INFINITY, INFINITY}), 1U);
}

}  // namespace
}  // namespace lockstep
