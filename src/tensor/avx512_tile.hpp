// Tiles of AVX-512 vectors, and what products of floats and of pairs of bfloat16 numbers have in common. For the files
// beside it, on x86-64.
#pragma once

#include <immintrin.h>

#include <algorithm>

#include "tensor/matrix.hpp"
#include "tensor/pairs.hpp"

#define LOCKSTEP_AVX512 [[gnu::target("avx512f")]]
#define LOCKSTEP_AVX512_INLINE [[gnu::target("avx512f"), gnu::always_inline]] inline

/// Before a loop over a tile: unrolled, its sums are registers.
#ifdef __clang__
#define LOCKSTEP_UNROLLED _Pragma("clang loop unroll(full)")
#else
#define LOCKSTEP_UNROLLED _Pragma("GCC unroll 32")
#endif

namespace lockstep::avx512 {

inline constexpr std::size_t kLanes = 16;  // floats, or pairs, of a vector

/// The next link of the chains of a vector of sums, of floats or of pairs of bfloat16 numbers.
LOCKSTEP_AVX512_INLINE void add_links(const float* left, __m512 right, __m512& sums) {
  sums = _mm512_fmadd_ps(_mm512_set1_ps(*left), right, sums);
}
LOCKSTEP_AVX512_INLINE void add_links(const Pair* left, __m512 right, __m512& sums) {
  const __m512i both = _mm512_set1_epi32(static_cast<int>(left->bits));
  asm("vdpbf16ps %2, %1, %0" : "+v"(sums) : "v"(right), "v"(both));  // where has_bfloat16(); intrinsics want its target
}

/// A vector of floats, or of the bits of pairs.
LOCKSTEP_AVX512_INLINE __m512 load_values(const void* values) {
  return _mm512_loadu_ps(values);
}
LOCKSTEP_AVX512_INLINE __m512 load_values(const void* values, __mmask16 mask) {
  return _mm512_maskz_loadu_ps(mask, values);
}

/// Sums of `Rows` rows of `Vectors` times 16 columns. Sixteen vectors keep both multipliers busy, which would have none
/// to spare with eight, and what waits for the tree's next addition may well lie in memory.
template <std::size_t Rows, std::size_t Vectors>
struct Tile {
  static constexpr std::size_t kRows = Rows;
  static constexpr std::size_t kVectors = Vectors;
  static constexpr std::size_t kSize = Rows * Vectors;
  __m512 sums[kSize];
};

/// The first columns of a vector.
inline __mmask16 mask_of(std::size_t columns) {
  return static_cast<__mmask16>((1U << std::min(columns, kLanes)) - 1);
}

/// Where vector `i` of a tile lies in c, of which the tile's first row is `row`.
template <class Tile>
float* place(Matrix c, std::size_t row, std::size_t i) {
  return c.data() + (row + i / Tile::kVectors) * c.stride() + i % Tile::kVectors * kLanes;
}

template <class Tile>
LOCKSTEP_AVX512_INLINE Tile load(Matrix c, std::size_t row, __mmask16 mask) {
  Tile tile{};
  LOCKSTEP_UNROLLED
  for (std::size_t i = 0; i < Tile::kSize; ++i) {
    const float* from = place<Tile>(c, row, i);
    tile.sums[i] = Tile::kVectors == 1 ? _mm512_maskz_loadu_ps(mask, from) : _mm512_loadu_ps(from);
  }
  return tile;
}

template <class Tile>
LOCKSTEP_AVX512_INLINE void store(const Tile& tile, Matrix c, std::size_t row, __mmask16 mask) {
  LOCKSTEP_UNROLLED
  for (std::size_t i = 0; i < Tile::kSize; ++i) {
    float* to = place<Tile>(c, row, i);
    if constexpr (Tile::kVectors == 1)
      _mm512_mask_storeu_ps(to, mask, tile.sums[i]);
    else
      _mm512_storeu_ps(to, tile.sums[i]);
  }
}

/// The strips of a matrix of so many columns: of `vectors`, a power of two, as far as that goes, then of half as many,
/// and so on. The last one may have fewer columns than a vector.
template <class Use>
void for_each_strip(std::size_t columns, std::size_t vectors, Use&& use) {
  for (Range strip{}; strip.end < columns;) {
    const std::size_t left = columns - strip.end;
    while (vectors > 1 && vectors * kLanes > left) vectors /= 2;
    strip = {strip.end, strip.end + std::min(left, vectors * kLanes)};
    use(strip);
  }
}

}  // namespace lockstep::avx512
