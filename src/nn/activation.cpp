#include "nn/activation.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "base/vectorized.hpp"
#include "nn/activations/list.hpp"
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

/// True for an entry whose derivative is a function of its output.
template <class Function>
constexpr bool kDerivativeAtOutput = requires(const Function& function) {
  function.derivative_at_output(0.0F);
};

template <class Derivative>
LOCKSTEP_INLINE float multiply_with(ConstMatrix at, Matrix delta, std::span<float> sums, Derivative derivative) {
  std::uint32_t found = 0;
  for (std::size_t r = 0; r < delta.rows(); ++r) {
    const std::span<const float> a = at.row(r);
    const std::span<float> d = delta.row(r);
    for (std::size_t c = 0; c < sums.size(); ++c) {
      d[c] *= derivative(a[c]);
      sums[c] += d[c];
      found = std::max(found, size_bits(d[c]));
    }
  }
  return std::bit_cast<float>(found);
}

}  // namespace

LOCKSTEP_VECTORIZED void add_bias_and_activate(Activation activation, const ActivationOptions& options,
                                               std::span<const float> bias, Matrix sums) {
  Activations::visit(activation, [&](auto entry) LOCKSTEP_INLINED {
    using Function = typename decltype(entry)::type;
    if constexpr (Function::kIsCostly)
      activate_blocks(bias, sums, Function(options));
    else
      activate_with(bias, sums, Function(options));
  });
}

bool has_derivative_at_input(Activation activation) {
  return Activations::visit(activation,
                            [](auto entry) { return !kDerivativeAtOutput<typename decltype(entry)::type>; });
}

LOCKSTEP_VECTORIZED void keep_inputs(std::span<const float> bias, ConstMatrix sums, Matrix inputs) {
  for (std::size_t r = 0; r < inputs.rows(); ++r) {
    const std::span<const float> from = sums.row(r);
    const std::span<float> to = inputs.row(r);
    for (std::size_t c = 0; c < to.size(); ++c) to[c] = from[c] + bias[c];
  }
}

LOCKSTEP_VECTORIZED float multiply_by_derivative(Activation activation, const ActivationOptions& options,
                                                 ConstMatrix at, Matrix delta, std::span<float> sums) {
  return Activations::visit(activation, [&](auto entry) LOCKSTEP_INLINED {
    using Function = typename decltype(entry)::type;
    const Function function(options);
    if constexpr (kDerivativeAtOutput<Function>)
      return multiply_with(at, delta, sums, [&](float y) LOCKSTEP_INLINED { return function.derivative_at_output(y); });
    else
      return multiply_with(at, delta, sums, [&](float x) LOCKSTEP_INLINED { return function.derivative_at_input(x); });
  });
}

}  // namespace lockstep
