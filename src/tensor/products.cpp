#include "tensor/products.hpp"

#include "tensor/avx512.hpp"
#include "tensor/blas.hpp"
#include "tensor/portable.hpp"
#include "tensor/xsmm.hpp"

namespace lockstep {

namespace {

// Columns of a panel, and rows of a tile of a gradient, for which libxsmm's kernels run best.
constexpr std::size_t kPanel = 64;
constexpr std::size_t kGradientRows = 64;

}  // namespace

Kernels resolve(Kernels kernels) {
  if (kernels == Kernels::automatic) return xsmm::is_available() ? Kernels::libxsmm : Kernels::portable;
  if (kernels == Kernels::libxsmm && !xsmm::is_available())
    throw bad_input("train.kernels is \"libxsmm\", which this build or this processor does not have; set \"auto\"");
  return kernels;
}

std::string kernel_name(Kernels kernels) {
  if (kernels == Kernels::openblas) return openblas::kernel_name();
  return kernels == Kernels::libxsmm ? xsmm::kernel_name() : portable::kernel_name();
}

std::string arithmetic_of(const std::string& kernel_name) {
  return kernel_name.starts_with("OpenBLAS") ? kernel_name : "chains of fused multiply-adds";
}

std::size_t panel_width(Kernels kernels, std::size_t cols) {
  return kernels == Kernels::openblas ? std::max<std::size_t>(cols, 1) : kPanel;
}

std::size_t gradient_rows(Kernels kernels, std::size_t rows) {
  const bool whole = kernels == Kernels::openblas || (kernels == Kernels::libxsmm && xsmm::uses_avx512());
  return whole ? std::max<std::size_t>(rows, 1) : kGradientRows;
}

void multiply(Kernels kernels, ConstMatrix a, ConstMatrix b, Matrix c, std::span<const Range> rows) {
  invariant(a.rows() == c.rows() && a.cols() == b.rows() && b.cols() == c.cols(), "shapes of c = a b must agree");
  if (kernels == Kernels::openblas) {
    for (const Range& range : rows) openblas::multiply(a.rows(range), b, c.rows(range));
  } else if (kernels == Kernels::libxsmm && xsmm::makes_chains(b.cols())) {
    xsmm::multiply(a, b, c);
  } else if (kernels == Kernels::libxsmm && xsmm::uses_avx512() && b.cols() <= avx512::kLanes) {
    avx512::multiply_narrow(a, b, c);
  } else {
    portable::multiply(a, b, c);
  }
}

void multiply_transposed_left(Kernels kernels, ConstMatrix a, ConstMatrix b, const OwnedSlices& slices,
                              const Range& node, bool continues, Matrix c, std::span<AlignedBuffer> scratch) {
  invariant(a.cols() == c.rows() && a.rows() == b.rows() && b.cols() == c.cols(), "shapes of c = aᵀ b must agree");
  invariant(!continues || node.size() == 1, "only the sums of one slice go on");
  if (kernels == Kernels::libxsmm && xsmm::uses_avx512())
    return avx512::multiply_transposed_left(a, b, slices, node, continues, c, scratch);
  const auto product = kernels == Kernels::openblas  ? openblas::multiply_transposed_left
                       : kernels == Kernels::libxsmm ? xsmm::multiply_transposed_left
                                                     : portable::multiply_transposed_left;
  const std::size_t tile_rows = gradient_rows(kernels, c.rows());
  for (std::size_t begin = 0; begin < c.rows(); begin += tile_rows) {
    const Range rows{begin, std::min(c.rows(), begin + tile_rows)};
    const std::span<float> tile = c.rows(rows).values();
    tree_sum(
        node, tile,
        [&](std::size_t slice, std::span<float> sum) {
          const Range& samples = slices.rows_of(slice);
          product(a.rows(samples).columns(rows), b.rows(samples), Matrix(sum, rows.size(), c.cols()), continues);
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
  const auto transpose = kernels == Kernels::libxsmm ? xsmm::transpose : portable::transpose;
  const std::size_t width = panel_width(kernels, b.rows());
  for (std::size_t begin = 0; begin < b.rows(); begin += width) {
    // Transposed, these rows of b make it a product like any other.
    const Range columns{begin, std::min(b.rows(), begin + width)};
    const Matrix transposed(scratch, b.cols(), columns.size());
    for (std::size_t p = 0; p < b.count(); ++p) transpose(b.panel(p).rows(columns), transposed.rows(b.columns(p)));
    multiply(kernels, a, transposed, c.columns(columns), rows);
    between();
  }
}

}  // namespace lockstep
