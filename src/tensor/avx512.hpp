// Products that AVX-512 makes by tiles of our own: gradients of weights, summed over slices a tile at a time, and
// layers of few outputs. The only home of immintrin.h.
#pragma once

#include "tensor/aligned_buffer.hpp"
#include "tensor/matrix.hpp"

namespace lockstep::avx512 {

/// Columns of a vector of floats.
inline constexpr std::size_t kLanes = 16;

/// c = a b, shapes (m, k), (k, n) and (m, n), for n up to kLanes: chains of fused multiply-adds.
void multiply_narrow(ConstMatrix a, ConstMatrix b, Matrix c);

/// c = the sum over the slices of `node` in tree order of aᵀ b, shapes (rows, m), (rows, n) and (m, n). Each slice's
/// product is a chain of fused multiply-adds in the order of rows. With `continues`, `node` is one slice and its chains
/// go on from what c holds. `scratch` has room for c at each depth below std::bit_width(node.size()).
void multiply_transposed_left(ConstMatrix a, ConstMatrix b, const OwnedSlices& slices, const Range& node,
                              bool continues, Matrix c, std::span<AlignedBuffer> scratch);

}  // namespace lockstep::avx512
