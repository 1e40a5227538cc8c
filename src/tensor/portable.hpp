// Matrix products in plain C++, for every processor: what the bits of all kernels but OpenBLAS's are.
//
// An element of a product is one chain of fused multiply-adds along the inner dimension, ascending, from zero or from
// what was there. No tile, vector or number of rows shows in it.
//
// Products of pairs of bfloat16 numbers are chains likewise, of which the second number of a pair comes first, and what
// is smaller than any normal number becomes 0: this is what the instruction vdpbf16ps computes (Intel 64 and IA-32
// Architectures Software Developer's Manual, volume 2).
#pragma once

#include <string>

#include "tensor/matrix.hpp"
#include "tensor/pairs.hpp"

namespace lockstep::portable {

/// c = a b, shapes (m, k), (k, n) and (m, n).
void multiply(ConstMatrix a, ConstMatrix b, Matrix c);
void multiply(ConstPairs a, ConstPairs b, Matrix c);

/// c = aᵀ b, shapes (k, m), (k, n) and (m, n), or c + aᵀ b where the chains of c `continue`.
void multiply_transposed_left(ConstMatrix a, ConstMatrix b, Matrix c, bool continues);
void multiply_transposed_left(ConstPairs a, ConstPairs b, Matrix c, bool continues);

/// to = fromᵀ, shapes (m, n) and (n, m).
void transpose(ConstMatrix from, Matrix to);
void transpose(ConstPairs from, PairMatrix to);

/// "portable" and the architecture that it was compiled for, for example "portable x86-64".
std::string kernel_name();

}  // namespace lockstep::portable
