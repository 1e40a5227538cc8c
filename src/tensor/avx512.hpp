// Gradients of weights, summed over slices a tile at a time by AVX-512. The only home of immintrin.h.
#pragma once

#include "tensor/matrix.hpp"

namespace lockstep::avx512 {

/// c = the sum over the slices of `node` in tree order of aᵀ b, shapes (rows, m), (rows, n) and (m, n). Each slice's
/// product is a chain of fused multiply-adds in the order of rows.
void multiply_transposed_left(ConstMatrix a, ConstMatrix b, const OwnedSlices& slices, const Range& node, Matrix c);

}  // namespace lockstep::avx512
