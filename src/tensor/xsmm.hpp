// Matrix products through libxsmm, which writes machine code for each small shape: for x86-64. The only home of
// libxsmm.h.
//
// Products are taken in tiles of fixed shapes on a grid that begins at the first row, so that a row's bits depend on
// its place in the block alone.
#pragma once

#include <string>

#include "tensor/matrix.hpp"

namespace lockstep::xsmm {

/// Columns of a panel, and rows of a tile of a gradient, for which the kernels run best.
inline constexpr std::size_t kPanel = 64;
inline constexpr std::size_t kGradientRows = 64;

/// True where this build and this processor have the kernels.
bool is_available();

/// True where they are made of AVX-512.
bool uses_avx512();

/// c = a b, shapes (m, k), (k, n) and (m, n).
void multiply(ConstMatrix a, ConstMatrix b, Matrix c);

/// True when the bits of a row of such a product do not depend on how many rows there are. A kernel for up to 16
/// columns makes several sums of an element, and adds them, where there are few rows.
bool has_independent_rows(std::size_t columns);

/// c = aᵀ b, shapes (k, m), (k, n) and (m, n).
void multiply_transposed_left(ConstMatrix a, ConstMatrix b, Matrix c);

/// to = fromᵀ, shapes (m, n) and (n, m).
void transpose(ConstMatrix from, Matrix to);

/// The library and the instruction set that it writes for, for example "libxsmm 1.17 clx".
std::string kernel_name();

}  // namespace lockstep::xsmm
