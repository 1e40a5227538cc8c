#include "tensor/xsmm.hpp"

#ifdef LOCKSTEP_LIBXSMM

#include <libxsmm.h>

#include <algorithm>
#include <array>

namespace lockstep::xsmm {

namespace {

constexpr std::size_t kRows = 32;  // of a tile of a product

/// Products that need no kernel: true when c has no element, or none but sums of nothing, which are then set.
bool is_trivial(std::size_t inner, Matrix c, bool continues) {
  if (inner == 0 && !continues)
    for (std::size_t r = 0; r < c.rows(); ++r) std::ranges::fill(c.row(r), 0.0F);
  return inner == 0 || c.rows() == 0 || c.cols() == 0;
}

/// The kernel for c = a b or, with TRANS_B, c = aᵀ b, or for c + that product. libxsmm has matrices in column order, so
/// that it sees the transposed product: what is `b` here is its A.
libxsmm_smmfunction kernel(int flags, std::size_t rows, std::size_t inner, ConstMatrix a, ConstMatrix b, Matrix c,
                           bool continues) {
  // As a rule it is the one of the call before; to ask libxsmm takes as long as a small product.
  using Shape = std::array<std::size_t, 8>;
  thread_local Shape last_shape;
  thread_local libxsmm_smmfunction last = nullptr;
  const Shape shape{
      static_cast<std::size_t>(flags), rows, inner, b.cols(), a.stride(), b.stride(), c.stride(), continues ? 1U : 0U};
  if (last != nullptr && shape == last_shape) return last;

  const auto size = [](std::size_t value) { return static_cast<libxsmm_blasint>(value); };
  const libxsmm_blasint lda = size(b.stride());
  const libxsmm_blasint ldb = size(a.stride());
  const libxsmm_blasint ldc = size(c.stride());
  const float alpha = 1;
  const float beta = continues ? 1.0F : 0.0F;
  const libxsmm_smmfunction found =
      libxsmm_smmdispatch(size(b.cols()), size(rows), size(inner), &lda, &ldb, &ldc, &alpha, &beta, &flags, nullptr);
  if (found == nullptr)
    throw failure("libxsmm has no kernel for a product of {} x {} x {}; set train.kernels = \"openblas\"", rows, inner,
                  b.cols());
  last_shape = shape;
  last = found;
  return found;
}

template <class T>
void transpose_any(BasicMatrix<const T> from, BasicMatrix<T> to) {
  invariant(from.rows() == to.cols() && from.cols() == to.rows(), "shapes of a transposition must agree");
  const auto size = [](std::size_t value) { return static_cast<libxsmm_blasint>(value); };
  libxsmm_otrans(to.data(), from.data(), sizeof(T), size(from.cols()), size(from.rows()), size(from.stride()),
                 size(to.stride()));
}

}  // namespace

bool is_available() {
  return libxsmm_get_target_archid() >= LIBXSMM_X86_AVX2;
}

bool uses_avx512() {
  return libxsmm_get_target_archid() >= LIBXSMM_X86_AVX512;
}

void multiply(ConstMatrix a, ConstMatrix b, Matrix c) {
  invariant(a.rows() == c.rows() && a.cols() == b.rows() && b.cols() == c.cols(), "shapes of c = a b must agree");
  if (is_trivial(a.cols(), c, false)) return;
  for (std::size_t row = 0; row < c.rows();) {
    const std::size_t rows = std::min(kRows, c.rows() - row);
    const libxsmm_smmfunction product = kernel(LIBXSMM_GEMM_FLAG_NONE, rows, a.cols(), a, b, c, false);
    for (; row + rows <= c.rows(); row += rows)
      product(b.data(), a.data() + row * a.stride(), c.data() + row * c.stride());
  }
}

bool makes_chains(std::size_t columns) {
  const int instructions = libxsmm_get_target_archid();
  return instructions < LIBXSMM_X86_AVX512 ||
         (instructions >= LIBXSMM_X86_AVX512_CORE && columns > 16 && columns <= 64);
}

void multiply_transposed_left(ConstMatrix a, ConstMatrix b, Matrix c, bool continues) {
  invariant(a.cols() == c.rows() && a.rows() == b.rows() && b.cols() == c.cols(), "shapes of c = aᵀ b must agree");
  if (is_trivial(a.rows(), c, continues)) return;
  kernel(LIBXSMM_GEMM_FLAG_TRANS_B, c.rows(), a.rows(), a, b, c, continues)(b.data(), a.data(), c.data());
}

void transpose(ConstMatrix from, Matrix to) {
  transpose_any(from, to);
}
void transpose(ConstPairs from, PairMatrix to) {
  transpose_any(from, to);
}

bool uses_bfloat16() {
  return libxsmm_get_target_archid() >= LIBXSMM_X86_AVX512_CPX;
}

std::string kernel_name() {
  return fmt::format("libxsmm {} {}", LIBXSMM_CONFIG_VERSION, libxsmm_get_target_arch());
}

}  // namespace lockstep::xsmm

#else

#include <cstdlib>

namespace lockstep::xsmm {

bool is_available() {
  return false;
}

bool uses_avx512() {
  return false;
}

// Never called: is_available() is false.
void multiply(ConstMatrix, ConstMatrix, Matrix) {
  std::abort();
}
bool makes_chains(std::size_t) {
  std::abort();
}
void multiply_transposed_left(ConstMatrix, ConstMatrix, Matrix, bool) {
  std::abort();
}
void transpose(ConstMatrix, Matrix) {
  std::abort();
}
void transpose(ConstPairs, PairMatrix) {
  std::abort();
}
bool uses_bfloat16() {
  return false;
}
std::string kernel_name() {
  std::abort();
}

}  // namespace lockstep::xsmm

#endif
