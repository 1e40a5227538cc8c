#include "nn/activation.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstdlib>

#include "base/vectorized.hpp"
#include "tensor/elementary.hpp"
#include "tensor/elementwise.hpp"

namespace lockstep {

namespace {

template <class Function>
LOCKSTEP_INLINE void activate_with(std::span<const float> bias, Matrix sums, Function function) {
  for (std::size_t r = 0; r < sums.rows(); ++r) {
    const std::span<float> row = sums.row(r);
    for (std::size_t c = 0; c < row.size(); ++c) row[c] = function(row[c] + bias[c]);
  }
}

/// The same of costly functions, by whole vectors: kBlock elements at a time.
constexpr std::size_t kBlock = 16;

/// to = function(from + bias), a block. Memory is the same, or does not overlap.
template <class Function>
LOCKSTEP_INLINE void activate_block(const float* bias, const float* from, float* to, Function function) {
  LOCKSTEP_INDEPENDENT
  for (std::size_t i = 0; i < kBlock; ++i) to[i] = function(from[i] + bias[i]);
}

template <class Function>
LOCKSTEP_INLINE void activate_blocks(std::span<const float> bias, Matrix sums, Function function) {
  const std::size_t cols = sums.cols();
  if (cols < kBlock) return activate_with(bias, sums, function);
  for (std::size_t r = 0; r < sums.rows(); ++r) {
    const std::span<float> row = sums.row(r);
    // Where columns are left over, the last block begins within the one before, and takes what stood there.
    std::array<float, kBlock> last{};
    std::ranges::copy(row.last(kBlock), last.begin());
    for (std::size_t c = 0; c < cols; c += kBlock) {
      const std::size_t begin = std::min(c, cols - kBlock);
      activate_block(&bias[begin], begin < c ? last.data() : &row[begin], &row[begin], function);
    }
  }
}

template <class Derivative>
LOCKSTEP_INLINE float multiply_with(ConstMatrix outputs, Matrix delta, std::span<float> sums, Derivative derivative) {
  std::uint32_t found = 0;
  for (std::size_t r = 0; r < delta.rows(); ++r) {
    const std::span<const float> y = outputs.row(r);
    const std::span<float> d = delta.row(r);
    for (std::size_t c = 0; c < sums.size(); ++c) {
      d[c] *= derivative(y[c]);
      sums[c] += d[c];
      found = std::max(found, size_bits(d[c]));
    }
  }
  return std::bit_cast<float>(found);
}

}  // namespace

LOCKSTEP_VECTORIZED void add_bias_and_activate(Activation activation, std::span<const float> bias, Matrix sums) {
  switch (activation) {
    case Activation::identity:
      return activate_with(bias, sums, [](float x) { return x; });
    case Activation::sigmoid:
      return activate_blocks(bias, sums, [](float x) { return elementary::sigmoid(x); });
    case Activation::tanh:
      return activate_blocks(bias, sums, [](float x) { return elementary::tanh(x); });
    case Activation::relu:
      return activate_with(bias, sums, [](float x) { return x < 0.0F ? 0.0F : x; });
    case Activation::leaky_relu:
      return activate_with(bias, sums, [](float x) { return x < 0.0F ? kLeakySlope * x : x; });
  }
}

LOCKSTEP_VECTORIZED float multiply_by_derivative(Activation activation, ConstMatrix outputs, Matrix delta,
                                                 std::span<float> sums) {
  switch (activation) {
    case Activation::identity:
      return multiply_with(outputs, delta, sums, [](float) { return 1.0F; });
    case Activation::sigmoid:
      return multiply_with(outputs, delta, sums, [](float y) { return y * (1.0F - y); });
    case Activation::tanh:
      return multiply_with(outputs, delta, sums, [](float y) { return 1.0F - y * y; });
    case Activation::relu:
      return multiply_with(outputs, delta, sums, [](float y) { return y > 0.0F ? 1.0F : 0.0F; });
    case Activation::leaky_relu:
      return multiply_with(outputs, delta, sums, [](float y) { return y > 0.0F ? 1.0F : kLeakySlope; });
  }
  std::abort();  // not reached: these are all
}

}  // namespace lockstep
