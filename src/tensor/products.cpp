#include "tensor/products.hpp"

#include <type_traits>

#include "tensor/avx512.hpp"
#include "tensor/blas.hpp"
#include "tensor/flush_to_zero.hpp"
#include "tensor/portable.hpp"
#include "tensor/xsmm.hpp"

namespace lockstep {

namespace {

// Columns of a panel, and rows of a tile of a gradient, for which libxsmm's kernels run best.
constexpr std::size_t kPanel = 64;
constexpr std::size_t kGradientRows = 64;

/// True where AVX-512 multiplies floats by tiles of our own.
bool has_tiles(Kernels kernels) {
  return kernels == Kernels::libxsmm && xsmm::uses_avx512();
}

/// True where an instruction multiplies pairs.
bool has_pairs(Kernels kernels) {
  return kernels == Kernels::libxsmm && xsmm::uses_bfloat16() && avx512::has_bfloat16();
}

/// c = aᵀ b of the rows of a slice, or c + that.
void multiply_slice(Kernels kernels, ConstMatrix a, ConstMatrix b, Matrix c, bool continues) {
  if (kernels == Kernels::openblas) return openblas::multiply_transposed_left(a, b, c, continues);
  if (has_tiles(kernels)) {
    const Range all{0, a.rows()};
    return avx512::multiply_transposed_left(a, b, std::span(&all, 1), continues, c);
  }
  if (kernels == Kernels::libxsmm) return xsmm::multiply_transposed_left(a, b, c, continues);
  portable::multiply_transposed_left(a, b, c, continues);
}

/// Numbers of pairs in the order in which products add them.
class Widened {
 public:
  Widened(std::size_t rows, std::size_t cols) : values_(rows * cols), rows_(rows), cols_(cols) {}

  static Widened rows_of(ConstPairs pairs) {
    Widened wide(pairs.rows(), 2 * pairs.cols());
    widen_rows(pairs, wide.matrix());
    return wide;
  }
  static Widened columns_of(ConstPairs pairs) {
    Widened wide(2 * pairs.rows(), pairs.cols());
    widen_columns(pairs, wide.matrix());
    return wide;
  }

  [[nodiscard]] Matrix matrix() { return {values_.span(), rows_, cols_}; }

 private:
  AlignedBuffer values_;
  std::size_t rows_;
  std::size_t cols_;
};

void multiply_slice(Kernels kernels, ConstPairs a, ConstPairs b, Matrix c, bool continues) {
  if constexpr (!FlushToZero::kWorks) return portable::multiply_transposed_left(a, b, c, continues);
  Widened wide_a = Widened::columns_of(a);
  Widened wide_b = Widened::columns_of(b);
  const FlushToZero flush;
  multiply_slice(kernels, wide_a.matrix(), wide_b.matrix(), c, continues);
}

template <class T>
void multiply_slices(Kernels kernels, BasicMatrix<const T> a, BasicMatrix<const T> b, const OwnedSlices& slices,
                     const Range& node, bool continues, Matrix c, std::span<AlignedBuffer> scratch) {
  invariant(a.cols() == c.rows() && a.rows() == b.rows() && b.cols() == c.cols(), "shapes of c = aᵀ b must agree");
  invariant(!continues || node.size() == 1, "only the sums of one slice go on");
  if (std::is_same_v<T, Pair> ? has_pairs(kernels) : has_tiles(kernels)) {
    const std::span<const Range> rows(&slices.rows_of(node.begin), node.size());
    return avx512::multiply_transposed_left(a, b, rows, continues, c);
  }
  const std::size_t tile_rows = gradient_rows(kernels, c.rows());
  for (std::size_t begin = 0; begin < c.rows(); begin += tile_rows) {
    const Range rows{begin, std::min(c.rows(), begin + tile_rows)};
    const std::span<float> tile = c.rows(rows).values();
    tree_sum(
        node, tile,
        [&](std::size_t slice, std::span<float> sum) {
          const Range& samples = slices.rows_of(slice);
          multiply_slice(kernels, a.rows(samples).columns(rows), b.rows(samples), Matrix(sum, rows.size(), c.cols()),
                         continues);
        },
        [&](std::size_t depth) { return scratch[depth].span().first(tile.size()); });
  }
}

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

const char* way_of_pairs(Kernels kernels) {
  return has_pairs(kernels) ? "vdpbf16ps" : "float32 instructions";
}

std::string arithmetic_of(const std::string& kernel_name) {
  return kernel_name.starts_with("OpenBLAS") ? kernel_name : "chains of fused multiply-adds";
}

std::size_t panel_width(Kernels kernels, std::size_t cols) {
  return kernels == Kernels::openblas ? std::max<std::size_t>(cols, 1) : kPanel;
}

std::size_t gradient_rows(Kernels kernels, std::size_t rows) {
  return kernels == Kernels::openblas ? std::max<std::size_t>(rows, 1) : kGradientRows;
}

void multiply(Kernels kernels, ConstMatrix a, ConstMatrix b, Matrix c, std::span<const Range> rows) {
  invariant(a.rows() == c.rows() && a.cols() == b.rows() && b.cols() == c.cols(), "shapes of c = a b must agree");
  if (kernels == Kernels::openblas) {
    for (const Range& range : rows) openblas::multiply(a.rows(range), b, c.rows(range));
  } else if (kernels == Kernels::libxsmm && xsmm::makes_chains(b.cols())) {
    xsmm::multiply(a, b, c);
  } else if (has_tiles(kernels)) {
    avx512::multiply(a, b, c);
  } else {
    portable::multiply(a, b, c);
  }
}

void multiply(Kernels kernels, ConstPairs a, ConstPairs b, Matrix c, std::span<const Range> rows) {
  invariant(a.rows() == c.rows() && a.cols() == b.rows() && b.cols() == c.cols(), "shapes of c = a b must agree");
  if (has_pairs(kernels)) return avx512::multiply(a, b, c);
  if constexpr (!FlushToZero::kWorks) return portable::multiply(a, b, c);
  Widened wide_a = Widened::rows_of(a);
  Widened wide_b = Widened::columns_of(b);
  const FlushToZero flush;
  multiply(kernels, wide_a.matrix(), wide_b.matrix(), c, rows);
}

void multiply_transposed_left(Kernels kernels, ConstMatrix a, ConstMatrix b, const OwnedSlices& slices,
                              const Range& node, bool continues, Matrix c, std::span<AlignedBuffer> scratch) {
  multiply_slices(kernels, a, b, slices, node, continues, c, scratch);
}

void multiply_transposed_left(Kernels kernels, ConstPairs a, ConstPairs b, const OwnedSlices& slices, const Range& node,
                              bool continues, Matrix c, std::span<AlignedBuffer> scratch) {
  multiply_slices(kernels, a, b, slices, node, continues, c, scratch);
}

void transpose(Kernels kernels, ConstMatrix from, Matrix to) {
  kernels == Kernels::libxsmm ? xsmm::transpose(from, to) : portable::transpose(from, to);
}
void transpose(Kernels kernels, ConstPairs from, PairMatrix to) {
  kernels == Kernels::libxsmm ? xsmm::transpose(from, to) : portable::transpose(from, to);
}

}  // namespace lockstep
