// Matrices of bfloat16 numbers in pairs, as products take them: two numbers that follow each other along the inner
// dimension lie together, and make up as many bytes as a float.
#pragma once

#include <bit>
#include <cstdint>

#include "tensor/aligned_buffer.hpp"
#include "tensor/matrix.hpp"

namespace lockstep {

/// Two bfloat16 numbers. Each is the upper half of the bits of a float of the same value; the first one lies in the
/// lower half of these bits.
struct Pair {
  std::uint32_t bits;

  [[nodiscard]] float first() const { return std::bit_cast<float>(bits << 16U); }
  [[nodiscard]] float second() const { return std::bit_cast<float>(bits & 0xffff0000U); }
};

using PairMatrix = BasicMatrix<Pair>;
using ConstPairs = BasicMatrix<const Pair>;
using PairBuffer = BasicAlignedBuffer<Pair>;

/// How many pairs so many numbers make. The last of an odd number has a 0 beside it.
constexpr std::size_t pairs_of(std::size_t numbers) {
  return (numbers + 1) / 2;
}

/// A value rounded to bfloat16, as the upper half of the result: to the nearest, of two equally near ones to the even
/// one, and to 0 where the value is smaller than any normal number. The lower half means nothing.
constexpr std::uint32_t rounded_bits(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t size = bits & 0x7fffffffU;
  const std::uint32_t rounded = bits + 0x7fffU + ((bits >> 16U) & 1U);
  const std::uint32_t number = size < 0x00800000U ? bits & 0x80000000U : rounded;
  return size > 0x7f800000U ? bits | 0x00400000U : number;  // no number stays none
}
constexpr Pair make_pair(float first, float second) {
  return {(rounded_bits(first) >> 16U) | (rounded_bits(second) & 0xffff0000U)};
}

/// to = from, rounded, neighbours in a row being a pair: shapes (m, n) and (m, pairs_of(n)).
void pair_in_rows(ConstMatrix from, PairMatrix to);

/// to = from, rounded, neighbours in a column being a pair: shapes (m, n) and (pairs_of(m), n).
void pair_in_columns(ConstMatrix from, PairMatrix to);

/// The other way, shapes (m, k) and (m, 2 k), or (k, n) and (2 k, n). The second of a pair comes first: this is the
/// order in which products add them.
void widen_rows(ConstPairs from, Matrix to);
void widen_columns(ConstPairs from, Matrix to);

}  // namespace lockstep
