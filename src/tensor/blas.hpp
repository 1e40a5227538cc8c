// Matrix products through OpenBLAS: for every processor. The only home of cblas.h.
//
// The same call shape gives the same bits; other shapes need not. Callers therefore make one call a slice.
#pragma once

#include <string>

#include "tensor/matrix.hpp"

namespace lockstep::openblas {

/// c = a b, shapes (m, k), (k, n) and (m, n).
void multiply(ConstMatrix a, ConstMatrix b, Matrix c);

/// c = aᵀ b, shapes (k, m), (k, n) and (m, n), or c + aᵀ b where it `continues`.
void multiply_transposed_left(ConstMatrix a, ConstMatrix b, Matrix c, bool continues);

/// c = a bᵀ, shapes (m, k), (n, k) and (m, n).
void multiply_transposed_right(ConstMatrix a, ConstMatrix b, Matrix c);

/// Makes every later product run on one thread, whatever the environment asks for: a product that is split over threads
/// has other shapes, hence other bits, and threads of several ranks would fight for the same cores. Throws Error when
/// the library does not follow.
void use_one_thread();

/// The library and the kernels that it chose for this processor, for example "OpenBLAS 0.3.21 Haswell".
std::string kernel_name();

}  // namespace lockstep::openblas
