// Views of matrices: rows of floats that lie in somebody else's memory.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <type_traits>

#include "base/error.hpp"
#include "base/partition.hpp"

namespace lockstep {

/// A matrix of shape (rows, cols) in row order, not owned: rows of `cols` values that begin `stride` values apart. T is
/// float, or a pair of bfloat16 numbers, or const.
template <class T>
class BasicMatrix {
 public:
  BasicMatrix() = default;
  /// A dense one.
  BasicMatrix(std::span<T> values, std::size_t rows, std::size_t cols) : BasicMatrix(values, rows, cols, cols) {}
  BasicMatrix(std::span<T> values, std::size_t rows, std::size_t cols, std::size_t stride)
      : BasicMatrix(values.data(), rows, cols, stride) {
    invariant(cols <= stride && (rows == 0 || values.size() >= (rows - 1) * stride + cols),
              "a matrix needs memory for its rows and columns");
  }

  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t cols() const { return cols_; }
  [[nodiscard]] std::size_t stride() const { return stride_; }
  [[nodiscard]] T* data() const { return data_; }
  [[nodiscard]] std::span<T> row(std::size_t index) const { return {data_ + index * stride_, cols_}; }

  /// All values, of a dense matrix.
  [[nodiscard]] std::span<T> values() const {
    invariant(stride_ == cols_ || rows_ <= 1, "only a dense matrix is one run of values");
    return {data_, rows_ * cols_};
  }

  /// The rows of `range`, shape (range.size(), cols).
  [[nodiscard]] BasicMatrix rows(const Range& range) const {
    invariant(range.begin <= range.end && range.end <= rows_, "rows must lie in their matrix");
    return {data_ + range.begin * stride_, range.size(), cols_, stride_};
  }

  /// The columns of `range`, shape (rows, range.size()).
  [[nodiscard]] BasicMatrix columns(const Range& range) const {
    invariant(range.begin <= range.end && range.end <= cols_, "columns must lie in their matrix");
    return {rows_ == 0 ? data_ : data_ + range.begin, rows_, range.size(), stride_};  // no rows: perhaps no memory
  }

  operator BasicMatrix<const T>() const  // NOLINT(google-explicit-constructor): reading is always allowed
      requires(!std::is_const_v<T>) {
    return BasicMatrix<const T>(data_, rows_, cols_, stride_);
  }

 private:
  friend class BasicMatrix<std::remove_const_t<T>>;

  BasicMatrix(T* data, std::size_t rows, std::size_t cols, std::size_t stride)
      : data_(data), rows_(rows), cols_(cols), stride_(stride) {}

  T* data_ = nullptr;
  std::size_t rows_ = 0;
  std::size_t cols_ = 0;
  std::size_t stride_ = 0;
};

using Matrix = BasicMatrix<float>;
using ConstMatrix = BasicMatrix<const float>;

/// How far apart rows of `cols` floats begin in a matrix of which products read columns: an odd number of cache lines
/// where they are whole ones, so that values below each other do not compete for the same few places in a cache.
inline std::size_t row_stride(std::size_t cols) {
  constexpr std::size_t kLine = 16;
  return cols % (2 * kLine) == 0 ? cols + kLine : cols;
}

/// The place of the largest value; the first of equal ones.
inline std::size_t argmax(std::span<const float> values) {
  return static_cast<std::size_t>(std::ranges::max_element(values) - values.begin());
}

}  // namespace lockstep
