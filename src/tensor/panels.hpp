// Matrices of weights in panels: columns that are multiplied together lie together.
#pragma once

#include "tensor/matrix.hpp"

namespace lockstep {

/// A matrix of shape (rows, cols) whose columns are cut in panels of `width` columns, the last of the rest. Panels lie
/// one after the other, each a dense matrix in row order. A single panel is the whole matrix in row order. Not owned.
template <class T>
class BasicPanels {
 public:
  BasicPanels(std::span<T> values, std::size_t rows, std::size_t cols, std::size_t width)
      : values_(values), rows_(rows), cols_(cols), width_(width) {
    invariant(values.size() == rows * cols && width > 0, "panels need memory for their rows and columns");
  }

  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t cols() const { return cols_; }
  [[nodiscard]] std::size_t count() const { return (cols_ + width_ - 1) / width_; }

  /// The columns of panel `index`.
  [[nodiscard]] Range columns(std::size_t index) const {
    return {index * width_, std::min(cols_, (index + 1) * width_)};
  }

  /// Panel `index`, shape (rows, columns(index).size()).
  [[nodiscard]] BasicMatrix<T> panel(std::size_t index) const {
    const Range range = columns(index);
    return {values_.subspan(range.begin * rows_, range.size() * rows_), rows_, range.size()};
  }

 private:
  std::span<T> values_;
  std::size_t rows_;
  std::size_t cols_;
  std::size_t width_;
};

using Panels = BasicPanels<float>;
using ConstPanels = BasicPanels<const float>;

/// Copies a matrix, shape for shape.
inline void copy_matrix(ConstMatrix from, Matrix to) {
  for (std::size_t r = 0; r < to.rows(); ++r) std::ranges::copy(from.row(r), to.row(r).begin());
}

/// From row order to panels and back. Shapes agree.
inline void pack(ConstMatrix from, Panels to) {
  for (std::size_t p = 0; p < to.count(); ++p) copy_matrix(from.columns(to.columns(p)), to.panel(p));
}
inline void unpack(ConstPanels from, Matrix to) {
  for (std::size_t p = 0; p < from.count(); ++p) copy_matrix(from.panel(p), to.columns(from.columns(p)));
}

}  // namespace lockstep
