#include "tensor/portable.hpp"

#include <sys/utsname.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <type_traits>

#include "base/vectorized.hpp"

namespace lockstep::portable {

namespace {

/// Rows whose chains go on together, as they share what is read of b, and links of a chain between reading and writing
/// it. Those of pairs take more to compute, and are vectorized one at a time.
template <class T>
constexpr std::size_t kRows = std::is_same_v<T, Pair> ? 1 : 2;
template <class T>
constexpr std::size_t kInner = std::is_same_v<T, Pair> ? 1 : 4;

/// A matrix whose element (r, k) is at r * row + k * inner: a, or aᵀ.
template <class T>
struct Left {
  const T* data;
  std::size_t row;
  std::size_t inner;

  [[nodiscard]] const T& at(std::size_t r, std::size_t k) const { return data[r * row + k * inner]; }
};

/// The next link of a chain, of which nothing is smaller than the normal numbers: a b + sum, or 0 where that, rounded
/// as if exponents had no end, is smaller. a b is exact.
LOCKSTEP_INLINE float add_or_flush(float a, float b, float sum) {
  constexpr std::uint32_t kSign = 0x80000000;
  constexpr std::uint32_t kLeast = 0x00800000;  // the bits of the least normal number
  const float result = __builtin_fmaf(a, b, sum);
  const auto bits = std::bit_cast<std::uint32_t>(result);
  const std::uint32_t size = bits & ~kSign;
  // What has come up to the least normal number by rounding to subnormal ones may be half of their steps below it, of
  // which the finer steps of normal numbers allow but a half. Scaled, the difference is exact.
  constexpr float kScale = 0x1p100F;
  const float above = __builtin_fmaf(a * kScale, b, (sum - result) * kScale);
  const auto outside = std::bit_cast<float>(std::bit_cast<std::uint32_t>(above) ^ (bits & kSign));
  constexpr float kAllowed = 0x1p-51F;  // 2^-151, scaled
  const bool is_less = (size < kLeast) | ((size == kLeast) & (outside < -kAllowed));
  return std::bit_cast<float>(is_less ? bits & kSign : bits);
}

LOCKSTEP_INLINE float add_link(float a, float b, float sum) {
  return __builtin_fmaf(a, b, sum);
}
LOCKSTEP_INLINE float add_link(Pair a, Pair b, float sum) {
  sum = add_or_flush(a.second(), b.second(), sum);
  return add_or_flush(a.first(), b.first(), sum);
}

/// The next `Links` links of the chains of `Rows` rows.
template <std::size_t Rows, std::size_t Links, class T>
LOCKSTEP_INLINE void add_links(const Left<T>& a, std::size_t row, BasicMatrix<const T> b, std::size_t inner, Matrix c) {
  T factors[Rows][Links];
  const T* right[Links];
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
      for (std::size_t k = 0; k < Links; ++k) sum = add_link(factors[r][k], right[k][col], sum);
      sums[r][col] = sum;
    }
}

template <std::size_t Rows, class T>
LOCKSTEP_INLINE void add_rows(const Left<T>& a, std::size_t row, BasicMatrix<const T> b, Matrix c) {
  const std::size_t whole = b.rows() / kInner<T> * kInner<T>;
  for (std::size_t k = 0; k < whole; k += kInner<T>) add_links<Rows, kInner<T>>(a, row, b, k, c);
  for (std::size_t k = whole; k < b.rows(); ++k) add_links<Rows, 1>(a, row, b, k, c);
}

template <class T>
LOCKSTEP_INLINE void add_all_rows(const Left<T>& a, BasicMatrix<const T> b, Matrix c) {
  const std::size_t whole = c.rows() / kRows<T> * kRows<T>;
  for (std::size_t row = 0; row < whole; row += kRows<T>) add_rows<kRows<T>>(a, row, b, c);
  if (whole < c.rows()) add_rows<1>(a, whole, b, c);
}

/// c += a b.
LOCKSTEP_FUSED void add_product(const Left<float>& a, ConstMatrix b, Matrix c) {
  add_all_rows(a, b, c);
}
LOCKSTEP_FUSED void add_product(const Left<Pair>& a, ConstPairs b, Matrix c) {
  add_all_rows(a, b, c);
}

void set_zero(Matrix c) {
  for (std::size_t r = 0; r < c.rows(); ++r) std::ranges::fill(c.row(r), 0.0F);
}

template <class T>
void multiply_any(BasicMatrix<const T> a, BasicMatrix<const T> b, Matrix c) {
  invariant(a.rows() == c.rows() && a.cols() == b.rows() && b.cols() == c.cols(), "shapes of c = a b must agree");
  set_zero(c);
  add_product(Left<T>{a.data(), a.stride(), 1}, b, c);
}

template <class T>
void multiply_any_transposed_left(BasicMatrix<const T> a, BasicMatrix<const T> b, Matrix c, bool continues) {
  invariant(a.cols() == c.rows() && a.rows() == b.rows() && b.cols() == c.cols(), "shapes of c = aᵀ b must agree");
  if (!continues) set_zero(c);
  add_product(Left<T>{a.data(), 1, a.stride()}, b, c);
}

template <class T>
void transpose_any(BasicMatrix<const T> from, BasicMatrix<T> to) {
  invariant(from.rows() == to.cols() && from.cols() == to.rows(), "shapes of a transposition must agree");
  for (std::size_t r = 0; r < to.rows(); ++r)
    for (std::size_t c = 0; c < to.cols(); ++c) to.row(r)[c] = from.row(c)[r];
}

}  // namespace

void multiply(ConstMatrix a, ConstMatrix b, Matrix c) {
  multiply_any(a, b, c);
}
void multiply(ConstPairs a, ConstPairs b, Matrix c) {
  multiply_any(a, b, c);
}

void multiply_transposed_left(ConstMatrix a, ConstMatrix b, Matrix c, bool continues) {
  multiply_any_transposed_left(a, b, c, continues);
}
void multiply_transposed_left(ConstPairs a, ConstPairs b, Matrix c, bool continues) {
  multiply_any_transposed_left(a, b, c, continues);
}

void transpose(ConstMatrix from, Matrix to) {
  transpose_any(from, to);
}
void transpose(ConstPairs from, PairMatrix to) {
  transpose_any(from, to);
}

std::string kernel_name() {
  utsname system{};
  uname(&system);
  return fmt::format("portable {}", system.machine);
}

}  // namespace lockstep::portable
