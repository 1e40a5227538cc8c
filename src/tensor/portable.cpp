#include "tensor/portable.hpp"

#include <sys/utsname.h>

#include <algorithm>

#include "base/vectorized.hpp"

namespace lockstep::portable {

namespace {

constexpr std::size_t kRows = 2;   // whose chains go on together: they share what is read of b
constexpr std::size_t kInner = 4;  // links of a chain between reading and writing it

/// A matrix whose element (r, k) is at r * row + k * inner: a, or aᵀ.
struct Left {
  const float* data;
  std::size_t row;
  std::size_t inner;

  [[nodiscard]] const float& at(std::size_t r, std::size_t k) const { return data[r * row + k * inner]; }
};

/// The next `Links` links of the chains of `Rows` rows.
template <std::size_t Rows, std::size_t Links>
LOCKSTEP_INLINE void add_links(const Left& a, std::size_t row, ConstMatrix b, std::size_t inner, Matrix c) {
  float factors[Rows][Links];
  const float* right[Links];
  for (std::size_t k = 0; k < Links; ++k) {
    right[k] = b.row(inner + k).data();
    for (std::size_t r = 0; r < Rows; ++r) factors[r][k] = a.at(row + r, inner + k);
  }
  float* sums[Rows];
  for (std::size_t r = 0; r < Rows; ++r) sums[r] = c.row(row + r).data();
  const std::size_t cols = c.cols();
  LOCKSTEP_INDEPENDENT
  for (std::size_t col = 0; col < cols; ++col)
    for (std::size_t r = 0; r < Rows; ++r) {
      float sum = sums[r][col];
      for (std::size_t k = 0; k < Links; ++k) sum = __builtin_fmaf(factors[r][k], right[k][col], sum);
      sums[r][col] = sum;
    }
}

template <std::size_t Rows>
LOCKSTEP_INLINE void add_rows(const Left& a, std::size_t row, ConstMatrix b, Matrix c) {
  const std::size_t whole = b.rows() / kInner * kInner;
  for (std::size_t k = 0; k < whole; k += kInner) add_links<Rows, kInner>(a, row, b, k, c);
  for (std::size_t k = whole; k < b.rows(); ++k) add_links<Rows, 1>(a, row, b, k, c);
}

/// c += a b.
LOCKSTEP_FUSED void add_product(const Left& a, ConstMatrix b, Matrix c) {
  const std::size_t whole = c.rows() / kRows * kRows;
  for (std::size_t row = 0; row < whole; row += kRows) add_rows<kRows>(a, row, b, c);
  if (whole < c.rows()) add_rows<1>(a, whole, b, c);
}

void set_zero(Matrix c) {
  for (std::size_t r = 0; r < c.rows(); ++r) std::ranges::fill(c.row(r), 0.0F);
}

}  // namespace

void multiply(ConstMatrix a, ConstMatrix b, Matrix c) {
  invariant(a.rows() == c.rows() && a.cols() == b.rows() && b.cols() == c.cols(), "shapes of c = a b must agree");
  set_zero(c);
  add_product({a.data(), a.stride(), 1}, b, c);
}

void multiply_transposed_left(ConstMatrix a, ConstMatrix b, Matrix c, bool continues) {
  invariant(a.cols() == c.rows() && a.rows() == b.rows() && b.cols() == c.cols(), "shapes of c = aᵀ b must agree");
  if (!continues) set_zero(c);
  add_product({a.data(), 1, a.stride()}, b, c);
}

void transpose(ConstMatrix from, Matrix to) {
  invariant(from.rows() == to.cols() && from.cols() == to.rows(), "shapes of a transposition must agree");
  for (std::size_t r = 0; r < to.rows(); ++r)
    for (std::size_t c = 0; c < to.cols(); ++c) to.row(r)[c] = from.row(c)[r];
}

std::string kernel_name() {
  utsname system{};
  uname(&system);
  return fmt::format("portable {}", system.machine);
}

}  // namespace lockstep::portable
