// Matrix products through libxsmm, which writes machine code for each small shape: for x86-64. The only home of
// libxsmm.h.
//
// Where makes_chains(), its bits are those of tensor/portable.hpp.
#pragma once

#include <string>

#include "tensor/matrix.hpp"
#include "tensor/pairs.hpp"

namespace lockstep::xsmm {

/// True where this build and this processor have the kernels.
bool is_available();

/// True where they are made of AVX-512.
bool uses_avx512();

/// c = a b, shapes (m, k), (k, n) and (m, n).
void multiply(ConstMatrix a, ConstMatrix b, Matrix c);

/// True when each element of such a product is one chain of fused multiply-adds. Kernels of AVX-512 for up to 16
/// columns make several sums of an element, and add them, where there are few rows; those for more than 64 do so for
/// the last columns.
bool makes_chains(std::size_t columns);

/// c = aᵀ b, shapes (k, m), (k, n) and (m, n), or c + aᵀ b where the chains of c `continue`. For AVX2 only: chains.
void multiply_transposed_left(ConstMatrix a, ConstMatrix b, Matrix c, bool continues);

/// to = fromᵀ, shapes (m, n) and (n, m).
void transpose(ConstMatrix from, Matrix to);
void transpose(ConstPairs from, PairMatrix to);

/// True where libxsmm writes for a processor that multiplies pairs of bfloat16 numbers.
bool uses_bfloat16();

/// The library and the instruction set that it writes for, for example "libxsmm 1.17 clx".
std::string kernel_name();

}  // namespace lockstep::xsmm
