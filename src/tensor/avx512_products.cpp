// Products of two matrices.
#include "tensor/avx512.hpp"

#ifdef __x86_64__

#include "tensor/avx512_tile.hpp"

namespace lockstep::avx512 {

namespace {

constexpr std::size_t kPanel = 4;  // vectors

/// As many whole tiles of c = a b as there are from row `begin` on.
template <std::size_t Rows, std::size_t Vectors, class T>
LOCKSTEP_AVX512 void multiply_rows(BasicMatrix<const T> a, BasicMatrix<const T> b, Matrix c, std::size_t begin) {
  using Sums = Tile<Rows, Vectors>;
  const __mmask16 mask = mask_of(c.cols());
  const std::size_t stride = a.stride();
  for (std::size_t row = begin; row + Rows <= c.rows(); row += Rows) {
    Sums tile{};
    const T* left = a.data() + row * stride;
    const T* right = b.data();
    for (std::size_t k = 0; k < b.rows(); ++k, right += b.stride()) {
      __m512 values[Vectors];
      LOCKSTEP_UNROLLED
      for (std::size_t v = 0; v < Vectors; ++v) {
        values[v] = Vectors == 1 ? load_values(right, mask) : load_values(right + v * kLanes);
        asm("" : "+v"(values[v]));
      }
      LOCKSTEP_UNROLLED
      for (std::size_t i = 0; i < Sums::kSize; ++i)
        add_links(left + (i / Vectors) * stride + k, values[i % Vectors], tile.sums[i]);
    }
    store(tile, c, row, mask);
  }
}

/// c = a b, of a panel's four vectors of columns, so that a is read once, of two or of one.
template <class T>
void multiply_strip(BasicMatrix<const T> a, BasicMatrix<const T> b, Matrix c) {
  const std::size_t rows = c.rows();
  if (c.cols() > 2 * kLanes) {
    multiply_rows<6, kPanel>(a, b, c, 0);
    multiply_rows<2, kPanel>(a, b, c, rows / 6 * 6);
    multiply_rows<1, kPanel>(a, b, c, rows / 2 * 2);
  } else if (c.cols() > kLanes) {
    multiply_rows<8, 2>(a, b, c, 0);
    multiply_rows<1, 2>(a, b, c, rows / 8 * 8);
  } else {
    multiply_rows<16, 1>(a, b, c, 0);
    multiply_rows<4, 1>(a, b, c, rows / 16 * 16);
    multiply_rows<1, 1>(a, b, c, rows / 4 * 4);
  }
}

template <class T>
void multiply_any(BasicMatrix<const T> a, BasicMatrix<const T> b, Matrix c) {
  invariant(a.rows() == c.rows() && a.cols() == b.rows() && b.cols() == c.cols(), "shapes of c = a b must agree");
  for_each_strip(c.cols(), kPanel, [&](const Range& strip) { multiply_strip(a, b.columns(strip), c.columns(strip)); });
}

}  // namespace

void multiply(ConstMatrix a, ConstMatrix b, Matrix c) {
  multiply_any(a, b, c);
}
void multiply(ConstPairs a, ConstPairs b, Matrix c) {
  multiply_any(a, b, c);
}

}  // namespace lockstep::avx512

#else

#include <cstdlib>

namespace lockstep::avx512 {

// Never called: libxsmm does not run here.
void multiply(ConstMatrix, ConstMatrix, Matrix) {
  std::abort();
}
void multiply(ConstPairs, ConstPairs, Matrix) {
  std::abort();
}

}  // namespace lockstep::avx512

#endif
