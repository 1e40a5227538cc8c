#include "tensor/avx512.hpp"

#ifdef __x86_64__

#include <immintrin.h>

#define LOCKSTEP_AVX512 [[gnu::target("avx512f")]]
#define LOCKSTEP_AVX512_INLINE [[gnu::target("avx512f"), gnu::always_inline]] inline

/// Before a loop over a tile: unrolled, its sums are registers.
#ifdef __clang__
#define LOCKSTEP_UNROLLED _Pragma("clang loop unroll(full)")
#else
#define LOCKSTEP_UNROLLED _Pragma("GCC unroll 16")
#endif

namespace lockstep::avx512 {

namespace {

constexpr std::size_t kLanes = 16;

/// Sums of `Rows` rows of `Vectors` times 16 columns. With eight vectors, the fewest that keep both multipliers busy,
/// three tiles fit in registers beside the factors: enough for the sum over four slices.
template <std::size_t Rows, std::size_t Vectors>
struct Tile {
  static constexpr std::size_t kSize = Rows * Vectors;
  __m512 sums[kSize];
};

/// What a tile is computed from: columns of a, and as many of b as the tile has or, in a single vector, fewer.
struct Factors {
  const float* a;
  std::size_t a_stride;
  const float* b;
  std::size_t b_stride;
  __mmask16 mask;       // of the columns, in a single vector
  const Range* slices;  // the rows of each
};

template <std::size_t Rows, std::size_t Vectors>
LOCKSTEP_AVX512_INLINE void multiply_slice(const Factors& factors, std::size_t slice, Tile<Rows, Vectors>& out) {
  Tile<Rows, Vectors> tile;
  LOCKSTEP_UNROLLED
  for (std::size_t i = 0; i < tile.kSize; ++i) tile.sums[i] = _mm512_setzero_ps();
  const Range rows = factors.slices[slice];
  const float* a = factors.a + rows.begin * factors.a_stride;
  const float* b = factors.b + rows.begin * factors.b_stride;
  for (std::size_t left = rows.size(); left > 0; --left, a += factors.a_stride, b += factors.b_stride) {
    __m512 right[Vectors];
    LOCKSTEP_UNROLLED
    for (std::size_t v = 0; v < Vectors; ++v) {
      right[v] = Vectors == 1 ? _mm512_maskz_loadu_ps(factors.mask, b) : _mm512_loadu_ps(b + v * kLanes);
      asm("" : "+v"(right[v]));  // stays in a register: GCC would load it again for each row of the tile
    }
    LOCKSTEP_UNROLLED
    for (std::size_t i = 0; i < tile.kSize; ++i)
      tile.sums[i] = _mm512_fmadd_ps(_mm512_set1_ps(a[i / Vectors]), right[i % Vectors], tile.sums[i]);
  }
  out = tile;
}

template <std::size_t Rows, std::size_t Vectors>
LOCKSTEP_AVX512_INLINE void add_tiles(const Tile<Rows, Vectors>& left, const Tile<Rows, Vectors>& right,
                                      Tile<Rows, Vectors>& sum) {
  LOCKSTEP_UNROLLED
  for (std::size_t i = 0; i < sum.kSize; ++i) sum.sums[i] = _mm512_add_ps(left.sums[i], right.sums[i]);
}

/// Sums over `Slices` slices, a power of two, in registers.
template <std::size_t Slices, std::size_t Rows, std::size_t Vectors>
LOCKSTEP_AVX512_INLINE void sum_few(const Factors& factors, std::size_t slice, Tile<Rows, Vectors>& out) {
  if constexpr (Slices == 1) {
    multiply_slice(factors, slice, out);
  } else {
    Tile<Rows, Vectors> left;
    Tile<Rows, Vectors> right;
    sum_few<Slices / 2>(factors, slice, left);
    sum_few<Slices / 2>(factors, slice + Slices / 2, right);
    add_tiles(left, right, out);
  }
}

template <std::size_t Rows, std::size_t Vectors>
LOCKSTEP_AVX512 void sum_many(const Factors& factors, const Range& node, Tile<Rows, Vectors>& out);

template <std::size_t Rows, std::size_t Vectors>
LOCKSTEP_AVX512_INLINE void sum_node(const Factors& factors, const Range& node, Tile<Rows, Vectors>& out) {
  switch (node.size()) {
    case 1:
      return sum_few<1>(factors, node.begin, out);
    case 2:
      return sum_few<2>(factors, node.begin, out);
    case 4:
      return sum_few<4>(factors, node.begin, out);
    case 8:
      return sum_few<8>(factors, node.begin, out);
    default: {
      Tile<Rows, Vectors> sum;  // in memory, unlike those of the other cases
      sum_many(factors, node, sum);
      out = sum;
    }
  }
}

template <std::size_t Rows, std::size_t Vectors>
LOCKSTEP_AVX512 void sum_many(const Factors& factors, const Range& node, Tile<Rows, Vectors>& out) {
  Tile<Rows, Vectors> left;
  Tile<Rows, Vectors> right;
  sum_node(factors, left_child(node), left);
  sum_node(factors, right_child(node), right);
  add_tiles(left, right, out);
}

/// As many whole tiles of c as there are from row `begin` on.
template <std::size_t Rows, std::size_t Vectors>
LOCKSTEP_AVX512_INLINE void sum_tiles(const Factors& factors, const Range& node, Matrix c, std::size_t begin) {
  for (std::size_t row = begin; row + Rows <= c.rows(); row += Rows) {
    const Factors columns{factors.a + row, factors.a_stride, factors.b, factors.b_stride, factors.mask, factors.slices};
    Tile<Rows, Vectors> tile;
    sum_node(columns, node, tile);
    LOCKSTEP_UNROLLED
    for (std::size_t i = 0; i < tile.kSize; ++i) {
      float* to = c.data() + (row + i / Vectors) * c.stride() + i % Vectors * kLanes;
      if constexpr (Vectors == 1)
        _mm512_mask_storeu_ps(to, factors.mask, tile.sums[i]);
      else
        _mm512_storeu_ps(to, tile.sums[i]);
    }
  }
}

template <std::size_t Rows, std::size_t Vectors>
LOCKSTEP_AVX512 void sum_columns(ConstMatrix a, ConstMatrix b, const OwnedSlices& slices, const Range& node, Matrix c) {
  const auto mask = static_cast<__mmask16>((1U << std::min(b.cols(), kLanes)) - 1);
  const Factors factors{a.data(), a.stride(), b.data(), b.stride(), mask, &slices.rows_of(node.begin)};
  const Range relative{0, node.size()};  // a tree's shape depends on its size alone
  sum_tiles<Rows, Vectors>(factors, relative, c, 0);
  sum_tiles<1, Vectors>(factors, relative, c, c.rows() / Rows * Rows);
}

}  // namespace

void multiply_transposed_left(ConstMatrix a, ConstMatrix b, const OwnedSlices& slices, const Range& node, Matrix c) {
  for (std::size_t begin = 0; begin < c.cols();) {
    const std::size_t left = c.cols() - begin;
    const Range columns{begin, begin + (left >= 2 * kLanes ? 2 * kLanes : std::min(left, kLanes))};
    if (columns.size() > kLanes)
      sum_columns<4, 2>(a, b.columns(columns), slices, node, c.columns(columns));
    else
      sum_columns<8, 1>(a, b.columns(columns), slices, node, c.columns(columns));
    begin = columns.end;
  }
}

}  // namespace lockstep::avx512

#else

#include <cstdlib>

namespace lockstep::avx512 {

// Never called: libxsmm does not run here.
void multiply_transposed_left(ConstMatrix, ConstMatrix, const OwnedSlices&, const Range&, Matrix) {
  std::abort();
}

}  // namespace lockstep::avx512

#endif
