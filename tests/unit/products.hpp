// What tests of matrix products share: the kernels that run here, values, and ways to call products.
#pragma once

#include <bit>
#include <string>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "tensor/aligned_buffer.hpp"
#include "tensor/layer_products.hpp"
#include "tensor/xsmm.hpp"

namespace lockstep {

using Shape = std::pair<std::size_t, std::size_t>;

/// How far apart the numbers of columns are that a test tries.
#ifdef LOCKSTEP_SANITIZED
inline constexpr std::size_t kNextColumns = 5;  // sanitizers look at memory, and take their time
#else
inline constexpr std::size_t kNextColumns = 1;
#endif

/// Kernels with the same bits, as far as they run here.
inline std::vector<Kernels> kernels_of_chains() {
  if (!xsmm::is_available()) return {Kernels::portable};
  return {Kernels::portable, Kernels::libxsmm};
}

inline std::vector<float> random_values(std::size_t count, std::uint64_t seed) {
  RandomSequence random(seed, Purpose::initial_weights);
  std::vector<float> values(count);
  for (float& value : values) value = 2 * random.next_uniform() - 1;
  return values;
}

/// Values of which some are zeros of either sign.
inline std::vector<float> some_zeros(std::size_t count, std::uint64_t seed) {
  std::vector<float> values = random_values(count, seed);
  for (std::size_t i = seed; i < values.size(); i += 5) values[i] = i % 2 == 0 ? 0.0F : -0.0F;
  return values;
}

/// A weight in the panels that kernels take.
struct PackedWeight {
  PackedWeight(Kernels kernels, ConstMatrix weight)
      : rows(weight.rows()), cols(weight.cols()), width(panel_width(kernels, cols)), values(rows * cols) {
    pack(weight, Panels(values, rows, cols, width));
  }
  [[nodiscard]] ConstPanels panels() const { return {values, rows, cols, width}; }

  std::size_t rows, cols, width;
  std::vector<float> values;
};

/// c = a bᵀ, where b is given in row order.
inline void multiply_packed_right(const Arithmetic& arithmetic, ConstMatrix a, ConstMatrix b, Matrix c) {
  const ConstMatrix left({a.data(), a.rows() * a.cols()}, a.rows(), a.cols());
  const ConstMatrix right({b.data(), b.rows() * b.cols()}, b.rows(), b.cols());
  const PackedWeight weight(arithmetic.kernels, right);
  ProductScratch scratch;
  // Two blocks of rows, as slices are.
  const std::vector<Range> rows{{0, a.rows() / 2}, {a.rows() / 2, a.rows()}};
  multiply_transposed_weight(arithmetic, left, weight.panels(), c, rows, scratch, [] {});
}

/// Room for sums of `size` values, at each depth of the tree over so many slices.
inline std::vector<AlignedBuffer> room_for_sums(std::size_t slices, std::size_t size) {
  std::vector<AlignedBuffer> buffers;
  for (auto depths = std::bit_width(slices); depths > 0; --depths) buffers.emplace_back(size);
  return buffers;
}

/// sum = the sum in tree order of what slice(number, span) gives for each of the slices of `node`.
template <class Slice>
void expected_tree_sum(const Range& node, std::span<float> sum, Slice&& slice) {
  std::vector<AlignedBuffer> buffers = room_for_sums(node.size(), sum.size());
  tree_sum(node, sum, slice, [&](std::size_t depth) { return buffers[depth].span(); });
}

}  // namespace lockstep
