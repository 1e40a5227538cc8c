#include "tensor/products.hpp"

#include "tensor/avx512.hpp"
#include "tensor/blas.hpp"
#include "tensor/xsmm.hpp"

namespace lockstep {

Kernels resolve(Kernels kernels) {
  if (kernels == Kernels::automatic) return xsmm::is_available() ? Kernels::libxsmm : Kernels::openblas;
  if (kernels == Kernels::libxsmm && !xsmm::is_available())
    throw bad_input("train.kernels is \"libxsmm\", which this build or this processor does not have; set \"openblas\"");
  return kernels;
}

std::string kernel_name(Kernels kernels) {
  return kernels == Kernels::libxsmm ? xsmm::kernel_name() : openblas::kernel_name();
}

std::size_t panel_width(Kernels kernels, std::size_t cols) {
  return kernels == Kernels::libxsmm ? xsmm::kPanel : std::max<std::size_t>(cols, 1);
}

std::size_t gradient_rows(Kernels kernels, std::size_t rows) {
  return kernels == Kernels::libxsmm ? xsmm::kGradientRows : std::max<std::size_t>(rows, 1);
}

void multiply(Kernels kernels, ConstMatrix a, ConstMatrix b, Matrix c, std::span<const Range> rows) {
  invariant(a.rows() == c.rows() && a.cols() == b.rows() && b.cols() == c.cols(), "shapes of c = a b must agree");
  if (kernels == Kernels::libxsmm && xsmm::has_independent_rows(b.cols())) return xsmm::multiply(a, b, c);
  const auto product = kernels == Kernels::libxsmm ? xsmm::multiply : openblas::multiply;
  for (const Range& range : rows) product(a.rows(range), b, c.rows(range));
}

void multiply_transposed_left(Kernels kernels, ConstMatrix a, ConstMatrix b, const OwnedSlices& slices,
                              const Range& node, Matrix c, std::span<AlignedBuffer> scratch) {
  invariant(a.cols() == c.rows() && a.rows() == b.rows() && b.cols() == c.cols(), "shapes of c = aᵀ b must agree");
  if (kernels == Kernels::libxsmm && xsmm::uses_avx512())
    return avx512::multiply_transposed_left(a, b, slices, node, c);
  const auto product =
      kernels == Kernels::libxsmm ? xsmm::multiply_transposed_left : openblas::multiply_transposed_left;
  const std::size_t tile_rows = gradient_rows(kernels, c.rows());
  for (std::size_t begin = 0; begin < c.rows(); begin += tile_rows) {
    const Range rows{begin, std::min(c.rows(), begin + tile_rows)};
    const std::span<float> tile = c.rows(rows).values();
    tree_sum(
        node, tile,
        [&](std::size_t slice, std::span<float> sum) {
          const Range& samples = slices.rows_of(slice);
          product(a.rows(samples).columns(rows), b.rows(samples), Matrix(sum, rows.size(), c.cols()));
        },
        [&](std::size_t depth) { return scratch[depth].span().first(tile.size()); });
  }
}

void multiply_transposed_right(Kernels kernels, ConstMatrix a, ConstPanels b, Matrix c, std::span<const Range> rows,
                               std::span<float> scratch, const std::function<void()>& between) {
  invariant(a.rows() == c.rows() && a.cols() == b.cols() && b.rows() == c.cols(), "shapes of c = a bᵀ must agree");
  if (kernels == Kernels::openblas) {
    for (const Range& range : rows) {
      openblas::multiply_transposed_right(a.rows(range), b.panel(0), c.rows(range));
      between();
    }
    return;
  }
  const std::size_t width = panel_width(kernels, b.rows());
  for (std::size_t begin = 0; begin < b.rows(); begin += width) {
    // Transposed, these rows of b make it a product like any other.
    const Range columns{begin, std::min(b.rows(), begin + width)};
    const Matrix transposed(scratch, b.cols(), columns.size());
    for (std::size_t p = 0; p < b.count(); ++p)
      xsmm::transpose(b.panel(p).rows(columns), transposed.rows(b.columns(p)));
    multiply(kernels, a, transposed, c.columns(columns), rows);
    between();
  }
}

}  // namespace lockstep
