#include "tensor/blas.hpp"

#include <cblas.h>

#include <algorithm>
#include <limits>
#include <sstream>

namespace lockstep::openblas {

namespace {

blasint blas_size(std::size_t size) {
  invariant(size <= static_cast<std::size_t>(std::numeric_limits<blasint>::max()), "sizes must fit BLAS's integers");
  return static_cast<blasint>(size);
}

/// c = op(a) op(b) + beta c with inner dimension `inner`.
void product(CBLAS_TRANSPOSE transpose_a, ConstMatrix a, CBLAS_TRANSPOSE transpose_b, ConstMatrix b, Matrix c,
             std::size_t inner, float beta = 0) {
  if (inner == 0 && beta == 0)
    for (std::size_t r = 0; r < c.rows(); ++r) std::ranges::fill(c.row(r), 0.0F);
  if (inner == 0 || c.rows() == 0 || c.cols() == 0) return;
  cblas_sgemm(CblasRowMajor, transpose_a, transpose_b, blas_size(c.rows()), blas_size(c.cols()), blas_size(inner), 1.0F,
              a.data(), blas_size(a.stride()), b.data(), blas_size(b.stride()), beta, c.data(), blas_size(c.stride()));
}

}  // namespace

void multiply(ConstMatrix a, ConstMatrix b, Matrix c) {
  invariant(a.rows() == c.rows() && a.cols() == b.rows() && b.cols() == c.cols(), "shapes of c = a b must agree");
  product(CblasNoTrans, a, CblasNoTrans, b, c, a.cols());
}

void multiply_transposed_left(ConstMatrix a, ConstMatrix b, Matrix c, bool continues) {
  invariant(a.cols() == c.rows() && a.rows() == b.rows() && b.cols() == c.cols(), "shapes of c = aᵀ b must agree");
  product(CblasTrans, a, CblasNoTrans, b, c, a.rows(), continues ? 1.0F : 0.0F);
}

void multiply_transposed_right(ConstMatrix a, ConstMatrix b, Matrix c) {
  invariant(a.rows() == c.rows() && a.cols() == b.cols() && b.rows() == c.cols(), "shapes of c = a bᵀ must agree");
  product(CblasNoTrans, a, CblasTrans, b, c, a.cols());
}

void use_one_thread() {
  openblas_set_num_threads(1);
  if (const int threads = openblas_get_num_threads(); threads != 1)
    throw failure("OpenBLAS keeps {} threads although one was asked for; set OPENBLAS_NUM_THREADS=1", threads);
}

std::string kernel_name() {
  std::istringstream words(openblas_get_config());  // "OpenBLAS 0.3.21 DYNAMIC_ARCH ..."
  std::string name;
  std::string number;
  words >> name >> number;
  return name + ' ' + number + ' ' + openblas_get_corename();
}

}  // namespace lockstep::openblas
