// The matrix products of a network, through the library that a configuration chooses.
#pragma once

#include <string>

#include "tensor/panels.hpp"

namespace lockstep {

/// The library whose kernels multiply. Each gives its own bits, the same at any number of ranks.
enum class Kernels {
  automatic,  // libxsmm where it runs, else OpenBLAS
  libxsmm,
  openblas,
};

/// The library that `kernels` stands for on this processor. Bad input when it does not run here.
Kernels resolve(Kernels kernels);

/// The library and the kind of kernels that it has for this processor, on which the bits depend.
std::string kernel_name(Kernels kernels);

/// How wide the panels of a matrix with `cols` columns are.
std::size_t panel_width(Kernels kernels, std::size_t cols);

/// How many of the `rows` rows of a weight's gradient are computed at once.
std::size_t gradient_rows(Kernels kernels, std::size_t rows);

/// c = a b, shapes (m, k), (k, n) and (m, n).
void multiply(Kernels kernels, ConstBlock a, ConstBlock b, Block c);

/// c = aᵀ b, shapes (k, m), (k, n) and (m, n).
void multiply_transposed_left(Kernels kernels, ConstBlock a, ConstBlock b, Block c);

/// Columns of a bᵀ, no more than panel_width() of all of them, for each of the blocks of rows: c = a b[columns]ᵀ,
/// shapes (m, k), (n, k) and (m, columns). `scratch` has room for columns * k floats.
void multiply_transposed_right(Kernels kernels, ConstMatrix a, ConstPanels b, const Range& columns, Block c,
                               std::span<const Range> rows, std::span<float> scratch);

}  // namespace lockstep
