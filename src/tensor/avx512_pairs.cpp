// Conversions to bfloat16.
#include "tensor/avx512.hpp"

#ifdef __x86_64__

#include "tensor/avx512_tile.hpp"

namespace lockstep::avx512 {

namespace {

#define LOCKSTEP_AVX512_WORDS [[gnu::target("avx512f,avx512bw")]]

/// The vector of the bfloat16 numbers nearest to those of `low`, then of `high`.
LOCKSTEP_AVX512_INLINE __m512i round_to_bfloat16(__m512 low, __m512 high) {
  __m512i rounded;
  asm("vcvtne2ps2bf16 %1, %2, %0" : "=v"(rounded) : "v"(low), "v"(high));
  return rounded;
}

LOCKSTEP_AVX512 void pair_vectors(const float* from, Pair* to, std::size_t vectors) {
  for (; vectors > 0; --vectors, from += 2 * kLanes, to += kLanes)
    _mm512_storeu_si512(to, round_to_bfloat16(_mm512_loadu_ps(from), _mm512_loadu_ps(from + kLanes)));
}

LOCKSTEP_AVX512_WORDS void pair_vectors(const float* first, const float* second, Pair* to, std::size_t vectors) {
  const __m512i alternately = _mm512_add_epi32(  // words 0, 16, 1, 17, ...
      _mm512_set1_epi32(16 << 16),
      _mm512_mullo_epi32(_mm512_set1_epi32(1 + (1 << 16)),
                         _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)));
  for (; vectors > 0; --vectors, first += kLanes, second += kLanes, to += kLanes) {
    const __m512i rounded = round_to_bfloat16(_mm512_loadu_ps(first), _mm512_loadu_ps(second));
    _mm512_storeu_si512(to, _mm512_permutexvar_epi16(alternately, rounded));
  }
}

}  // namespace

bool has_bfloat16() {
  return __builtin_cpu_supports("avx512bf16") != 0;
}

std::size_t pair_row(const float* from, Pair* to, std::size_t count) {
  const std::size_t vectors = has_bfloat16() ? count / (2 * kLanes) : 0;
  pair_vectors(from, to, vectors);
  return vectors * 2 * kLanes;
}

std::size_t pair_two_rows(const float* first, const float* second, Pair* to, std::size_t count) {
  const std::size_t vectors = has_bfloat16() ? count / kLanes : 0;
  pair_vectors(first, second, to, vectors);
  return vectors * kLanes;
}

}  // namespace lockstep::avx512

#else

namespace lockstep::avx512 {

bool has_bfloat16() {
  return false;
}
std::size_t pair_row(const float*, Pair*, std::size_t) {
  return 0;
}
std::size_t pair_two_rows(const float*, const float*, Pair*, std::size_t) {
  return 0;
}

}  // namespace lockstep::avx512

#endif
