// Views of matrices: rows of floats that lie in somebody else's memory.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <type_traits>

#include "base/error.hpp"
#include "base/partition.hpp"

namespace lockstep {

/// A block of a matrix, not owned: rows of `cols` values that begin `stride` values apart. T is float or const float.
template <class T>
class BasicBlock {
 public:
  BasicBlock(T* data, std::size_t rows, std::size_t cols, std::size_t stride)
      : data_(data), rows_(rows), cols_(cols), stride_(stride) {}

  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t cols() const { return cols_; }
  [[nodiscard]] std::size_t stride() const { return stride_; }
  [[nodiscard]] T* data() const { return data_; }
  [[nodiscard]] std::span<T> row(std::size_t index) const { return {data_ + index * stride_, cols_}; }

  /// The rows of `range`, shape (range.size(), cols).
  [[nodiscard]] BasicBlock rows(const Range& range) const {
    invariant(range.begin <= range.end && range.end <= rows_, "rows must lie in their matrix");
    return {data_ + range.begin * stride_, range.size(), cols_, stride_};
  }

  /// The columns of `range`, shape (rows, range.size()).
  [[nodiscard]] BasicBlock columns(const Range& range) const {
    invariant(range.begin <= range.end && range.end <= cols_, "columns must lie in their matrix");
    return {data_ + range.begin, rows_, range.size(), stride_};
  }

  operator BasicBlock<const T>() const  // NOLINT(google-explicit-constructor): reading is always allowed
      requires(!std::is_const_v<T>) {
    return {data_, rows_, cols_, stride_};
  }

 private:
  T* data_;
  std::size_t rows_;
  std::size_t cols_;
  std::size_t stride_;
};

using Block = BasicBlock<float>;
using ConstBlock = BasicBlock<const float>;

/// A dense matrix of shape (rows, cols) in row order, not owned. T is float or const float.
template <class T>
class BasicMatrix {
 public:
  BasicMatrix() = default;
  BasicMatrix(std::span<T> values, std::size_t rows, std::size_t cols)
      : data_(values.data()), rows_(rows), cols_(cols) {
    invariant(values.size() >= rows * cols, "a matrix needs memory for its rows and columns");
  }

  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t cols() const { return cols_; }
  [[nodiscard]] T* data() const { return data_; }
  [[nodiscard]] std::span<T> values() const { return {data_, rows_ * cols_}; }
  [[nodiscard]] std::span<T> row(std::size_t index) const { return {data_ + index * cols_, cols_}; }

  /// The rows of `range`, shape (range.size(), cols).
  [[nodiscard]] BasicMatrix rows(const Range& range) const {
    invariant(range.begin <= range.end && range.end <= rows_, "rows must lie in their matrix");
    return {values().subspan(range.begin * cols_, range.size() * cols_), range.size(), cols_};
  }

  /// The columns of `range`, shape (rows, range.size()).
  [[nodiscard]] BasicBlock<T> columns(const Range& range) const { return BasicBlock<T>(*this).columns(range); }

  operator BasicBlock<T>() const { return {data_, rows_, cols_, cols_}; }  // NOLINT(google-explicit-constructor)

  operator BasicBlock<const T>() const  // NOLINT(google-explicit-constructor): reading is always allowed
      requires(!std::is_const_v<T>) {
    return {data_, rows_, cols_, cols_};
  }

  operator BasicMatrix<const T>() const  // NOLINT(google-explicit-constructor): reading is always allowed
      requires(!std::is_const_v<T>) {
    return {values(), rows_, cols_};
  }

 private:
  T* data_ = nullptr;
  std::size_t rows_ = 0;
  std::size_t cols_ = 0;
};

using Matrix = BasicMatrix<float>;
using ConstMatrix = BasicMatrix<const float>;

/// The place of the largest value; the first of equal ones.
inline std::size_t argmax(std::span<const float> values) {
  return static_cast<std::size_t>(std::ranges::max_element(values) - values.begin());
}

}  // namespace lockstep
