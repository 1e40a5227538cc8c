// Gradients of weights.
#include "tensor/avx512.hpp"

#ifdef __x86_64__

#include "tensor/avx512_tile.hpp"
#include "tensor/portable.hpp"

namespace lockstep::avx512 {

namespace {

/// What a tile is computed from: columns of a, and as many of b as the tile has or, in a single vector, fewer.
template <class T>
struct Factors {
  const T* a;
  std::size_t a_stride;
  const T* b;
  std::size_t b_stride;
  __mmask16 mask;       // of the columns, in a single vector
  const Range* slices;  // the rows of each
};

/// Adds the product of a slice to the tile's chains.
template <class Tile, class T>
LOCKSTEP_AVX512_INLINE void add_slice(const Factors<T>& factors, std::size_t slice, Tile& tile) {
  constexpr std::size_t kVectors = Tile::kVectors;
  const Range rows = factors.slices[slice];
  const T* a = factors.a + rows.begin * factors.a_stride;
  const T* b = factors.b + rows.begin * factors.b_stride;
  for (std::size_t left = rows.size(); left > 0; --left, a += factors.a_stride, b += factors.b_stride) {
    _mm_prefetch(a + kLanes, _MM_HINT_T0);  // for the next tile: rows lie too far apart for the processor to guess
    __m512 right[kVectors];
    LOCKSTEP_UNROLLED
    for (std::size_t v = 0; v < kVectors; ++v) {
      right[v] = kVectors == 1 ? load_values(b, factors.mask) : load_values(b + v * kLanes);
      asm("" : "+v"(right[v]));  // stays in a register: GCC would load it again for each row of the tile
    }
    LOCKSTEP_UNROLLED
    for (std::size_t i = 0; i < Tile::kSize; ++i) add_links(a + i / kVectors, right[i % kVectors], tile.sums[i]);
  }
}

template <class Tile, class T>
LOCKSTEP_AVX512_INLINE Tile multiply_slice(const Factors<T>& factors, std::size_t slice) {
  Tile tile{};
  add_slice(factors, slice, tile);
  return tile;
}

template <class Tile>
LOCKSTEP_AVX512_INLINE Tile add_tiles(const Tile& left, const Tile& right) {
  Tile sum{};
  LOCKSTEP_UNROLLED
  for (std::size_t i = 0; i < Tile::kSize; ++i) sum.sums[i] = _mm512_add_ps(left.sums[i], right.sums[i]);
  return sum;
}

/// Sums over `Slices` slices, a power of two, in registers.
template <class Tile, std::size_t Slices, class T>
LOCKSTEP_AVX512_INLINE Tile sum_few(const Factors<T>& factors, std::size_t slice) {
  if constexpr (Slices == 1)
    return multiply_slice<Tile>(factors, slice);
  else
    return add_tiles(sum_few<Tile, Slices / 2>(factors, slice), sum_few<Tile, Slices / 2>(factors, slice + Slices / 2));
}

template <class Tile, class T>
LOCKSTEP_AVX512 void sum_many(const Factors<T>& factors, const Range& node, Tile& sum);

template <class Tile, class T>
LOCKSTEP_AVX512_INLINE Tile sum_node(const Factors<T>& factors, const Range& node) {
  switch (node.size()) {
    case 1:
      return sum_few<Tile, 1>(factors, node.begin);
    case 2:
      return sum_few<Tile, 2>(factors, node.begin);
    case 4:
      return sum_few<Tile, 4>(factors, node.begin);
    case 8:
      return sum_few<Tile, 8>(factors, node.begin);
    default: {
      Tile sum{};
      sum_many(factors, node, sum);
      return sum;
    }
  }
}

template <class Tile, class T>
LOCKSTEP_AVX512 void sum_many(const Factors<T>& factors, const Range& node, Tile& sum) {
  sum = add_tiles(sum_node<Tile>(factors, left_child(node)), sum_node<Tile>(factors, right_child(node)));
}

/// As many whole tiles of c as there are from row `begin` on.
template <class Tile, class T>
LOCKSTEP_AVX512_INLINE void sum_tiles(const Factors<T>& factors, const Range& node, bool continues, Matrix c,
                                      std::size_t begin) {
  for (std::size_t row = begin; row + Tile::kRows <= c.rows(); row += Tile::kRows) {
    const Factors<T> columns{factors.a + row,  factors.a_stride, factors.b,
                             factors.b_stride, factors.mask,     factors.slices};
    Tile tile{};
    if (continues) {
      tile = load<Tile>(c, row, factors.mask);
      add_slice(columns, node.begin, tile);
    } else {
      tile = sum_node<Tile>(columns, node);
    }
    store(tile, c, row, factors.mask);
  }
}

/// Of `factors` its own copy, which stays in registers.
template <std::size_t Rows, std::size_t Vectors, class T>
LOCKSTEP_AVX512 void sum_columns(Factors<T> factors, Range node, bool continues, Matrix c) {
  sum_tiles<Tile<Rows, Vectors>>(factors, node, continues, c, 0);
  sum_tiles<Tile<1, Vectors>>(factors, node, continues, c, c.rows() / Rows * Rows);
}

/// A strip of up to two vectors of columns, all of its rows: what is read of b stays in the cache.
template <class T>
void sum_strip(BasicMatrix<const T> a, BasicMatrix<const T> b, std::span<const Range> slices, bool continues,
               Matrix c) {
  const Factors<T> factors{a.data(), a.stride(), b.data(), b.stride(), mask_of(b.cols()), slices.data()};
  const Range node{0, slices.size()};  // a tree's shape depends on its size alone
  if (c.cols() > kLanes)
    sum_columns<8, 2>(factors, node, continues, c);
  else
    sum_columns<16, 1>(factors, node, continues, c);
}

template <class T>
void sum_slices(BasicMatrix<const T> a, BasicMatrix<const T> b, std::span<const Range> slices, bool continues,
                Matrix c) {
  if (a.rows() == 0) return portable::multiply_transposed_left(a, b, c, continues);  // there may be no memory
  for_each_strip(c.cols(), 2,
                 [&](const Range& strip) { sum_strip(a, b.columns(strip), slices, continues, c.columns(strip)); });
}

}  // namespace

void multiply_transposed_left(ConstMatrix a, ConstMatrix b, std::span<const Range> slices, bool continues, Matrix c) {
  sum_slices(a, b, slices, continues, c);
}
void multiply_transposed_left(ConstPairs a, ConstPairs b, std::span<const Range> slices, bool continues, Matrix c) {
  sum_slices(a, b, slices, continues, c);
}

}  // namespace lockstep::avx512

#else

#include <cstdlib>

namespace lockstep::avx512 {

// Never called: libxsmm does not run here.
void multiply_transposed_left(ConstMatrix, ConstMatrix, std::span<const Range>, bool, Matrix) {
  std::abort();
}
void multiply_transposed_left(ConstPairs, ConstPairs, std::span<const Range>, bool, Matrix) {
  std::abort();
}

}  // namespace lockstep::avx512

#endif
