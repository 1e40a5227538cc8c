// The matrix products of a network, by the kernels that a configuration chooses.
#pragma once

#include <span>
#include <string>

#include "base/partition.hpp"
#include "tensor/aligned_buffer.hpp"
#include "tensor/pairs.hpp"
#include "tensor/panels.hpp"

namespace lockstep {

/// What multiplies. All but OpenBLAS compute one arithmetic, that of tensor/portable.hpp, with the same bits on every
/// processor; OpenBLAS has bits of its own for each type of processor, the same at any number of ranks.
enum class Kernels {
  automatic,  // libxsmm where it runs, else portable
  libxsmm,
  portable,
  openblas,
};

/// What `kernels` stands for on this processor. Bad input when it does not run here.
Kernels resolve(Kernels kernels);

/// The library and the kind of kernels that it has for this processor.
std::string kernel_name(Kernels kernels);

/// What the bits of a product by kernels of that name depend on: the name, if it is OpenBLAS's, else the arithmetic.
std::string arithmetic_of(const std::string& kernel_name);

/// How wide the panels of a matrix with `cols` columns are.
std::size_t panel_width(Kernels kernels, std::size_t cols);

/// c = a b, shapes (m, k), (k, n) and (m, n). OpenBLAS makes one product of each of the blocks of rows, which make up
/// all of a's.
void multiply(Kernels kernels, ConstMatrix a, ConstMatrix b, Matrix c, std::span<const Range> rows);

/// c = the sum over the slices of `node` in tree order of aᵀ b, shapes (rows, m), (rows, n) and (m, n); c is dense.
/// With `continues`, `node` is one slice, and its sums go on from what c holds. `scratch` has room for gradient_rows()
/// rows of c at each depth below std::bit_width(node.size()).
void multiply_transposed_left(Kernels kernels, ConstMatrix a, ConstMatrix b, const OwnedSlices& slices,
                              const Range& node, bool continues, Matrix c, std::span<AlignedBuffer> scratch);

/// How many of the `rows` rows of c that is.
std::size_t gradient_rows(Kernels kernels, std::size_t rows);

/// to = fromᵀ, shapes (m, n) and (n, m).
void transpose(Kernels kernels, ConstMatrix from, Matrix to);

/// What multiplies pairs of bfloat16 numbers, for example "vdpbf16ps".
const char* way_of_pairs(Kernels kernels);

/// The same of pairs of bfloat16 numbers, for all kernels but OpenBLAS. Processors without an instruction for them
/// compute its bits by products of floats.
void multiply(Kernels kernels, ConstPairs a, ConstPairs b, Matrix c, std::span<const Range> rows);
void multiply_transposed_left(Kernels kernels, ConstPairs a, ConstPairs b, const OwnedSlices& slices, const Range& node,
                              bool continues, Matrix c, std::span<AlignedBuffer> scratch);
void transpose(Kernels kernels, ConstPairs from, PairMatrix to);

}  // namespace lockstep
