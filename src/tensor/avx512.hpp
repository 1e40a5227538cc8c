// What AVX-512 computes by loops of our own: products, gradients of weights, summed over slices a tile at a time, and
// conversions to bfloat16. The only home of immintrin.h.
#pragma once

#include "tensor/aligned_buffer.hpp"
#include "tensor/matrix.hpp"
#include "tensor/pairs.hpp"

namespace lockstep::avx512 {

/// True where the processor multiplies pairs of bfloat16 numbers.
bool has_bfloat16();

/// c = a b, shapes (m, k), (k, n) and (m, n): chains of fused multiply-adds, those of pairs as in tensor/portable.hpp.
void multiply(ConstMatrix a, ConstMatrix b, Matrix c);
void multiply(ConstPairs a, ConstPairs b, Matrix c);

/// c = the sum over slices in tree order of aᵀ b, shapes (rows, m), (rows, n) and (m, n). `slices` are the rows of
/// each. Its product is a chain of fused multiply-adds in the order of rows. With `continues`, there is one slice and
/// its chains go on from what c holds.
void multiply_transposed_left(ConstMatrix a, ConstMatrix b, std::span<const Range> slices, bool continues, Matrix c);
void multiply_transposed_left(ConstPairs a, ConstPairs b, std::span<const Range> slices, bool continues, Matrix c);

/// Rounds to pairs, as in tensor/pairs.hpp, as many of `count` numbers as make whole vectors, and says how many that
/// are: 0 where the processor has no such instructions.
std::size_t pair_row(const float* from, Pair* to, std::size_t count);
std::size_t pair_two_rows(const float* first, const float* second, Pair* to, std::size_t count);

}  // namespace lockstep::avx512
