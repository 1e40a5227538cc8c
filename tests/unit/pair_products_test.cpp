// Products of bfloat16 numbers by all kernels, bit by bit against chains of links as tests/unit/bfloat16.hpp defines
// them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "bfloat16.hpp"
#include "products.hpp"
#include "tensor/portable.hpp"

namespace lockstep {
namespace {

/// Where the values of both factors lie, and so their products and sums.
struct Regime {
  const char* name;
  float (*left)(RandomSequence& random, std::size_t inner);
  float (*right)(RandomSequence& random, std::size_t inner);
  bool has_subnormals;  // among the links, so that plain fused multiply-adds would give other bits
};

float sign(RandomSequence& random) {
  return random.next_below(2) == 0 ? 1.0F : -1.0F;
}

/// From a half to 1, of either sign, some of them 0.
float number(RandomSequence& random, std::size_t) {
  return random.next_below(8) == 0 ? sign(random) * 0.0F : sign(random) * (0.5F + 0.5F * random.next_uniform());
}

/// Products from 2^-156 to 2^-108: sums enter the normal numbers and leave them again.
float small_number(RandomSequence& random, std::size_t inner) {
  return std::ldexp(number(random, inner), -54 - static_cast<int>(random.next_below(24)));
}

/// Some as small as subnormal ones, which count as 0, beside those that make up for it.
float tiny_number(RandomSequence& random, std::size_t inner) {
  return std::ldexp(number(random, inner), -122 - static_cast<int>(random.next_below(8)));
}
float near_one(RandomSequence& random, std::size_t inner) {
  return std::ldexp(number(random, inner), 2 - static_cast<int>(random.next_below(5)));
}

/// The first product of a pair is 2^-126, the second less than 2^-149: sums that lie just below the least normal number
/// round to it or not. As subnormal ones they all would.
float sliver_number(RandomSequence& random, std::size_t inner) {
  return inner % 2 == 0 ? sign(random) * 0x1p-63F : std::ldexp(number(random, inner), -75);
}

constexpr Regime kRegimes[] = {
    {"normal", number, number, false},
    {"small", small_number, small_number, true},
    {"tiny", tiny_number, near_one, true},
    {"sliver", sliver_number, sliver_number, true},
};

/// (rows, inner) or, with `down`, (inner, rows), rows `gap` values apart, which are none that a product may read.
struct Factor {
  Factor(float (*value)(RandomSequence&, std::size_t), std::size_t rows, std::size_t inner, bool down, std::size_t gap,
         std::uint64_t seed)
      : height(down ? inner : rows), width(down ? rows : inner), stride(width + gap) {
    RandomSequence random(seed, Purpose::initial_weights);
    values.assign(height * stride, std::numeric_limits<float>::quiet_NaN());
    for (std::size_t r = 0; r < height; ++r)
      for (std::size_t c = 0; c < width; ++c) values[r * stride + c] = value(random, down ? r : c);
  }
  [[nodiscard]] ConstMatrix matrix() const { return {values, height, width, stride}; }

  std::size_t height, width, stride;
  std::vector<float> values;
};

/// c = op(a) op(b) along `inner` numbers, which left(row, k) and right(k, col) give: the definition. Counts the
/// elements that plain chains of fused multiply-adds would have other than so.
template <class Left, class Right>
std::size_t expected_product(std::size_t inner, Left&& left, Right&& right, Matrix c) {
  std::size_t others = 0;
  for (std::size_t i = 0; i < c.rows(); ++i)
    for (std::size_t j = 0; j < c.cols(); ++j) {
      float sum = 0;
      float plain = 0;
      for (std::size_t k = 0; k < inner; k += 2) {
        const bool alone = k + 1 == inner;
        const float a[] = {nearest_bfloat16(left(i, k)), alone ? 0.0F : nearest_bfloat16(left(i, k + 1))};
        const float b[] = {nearest_bfloat16(right(k, j)), alone ? 0.0F : nearest_bfloat16(right(k + 1, j))};
        sum = next_pair(a[0], a[1], b[0], b[1], sum);
        plain = std::fma(a[0], b[0], std::fma(a[1], b[1], plain));
      }
      c.row(i)[j] = sum;
      others += sum == plain ? 0 : 1;
    }
  return others;
}

/// The definition of xᵀ dy over all of their rows.
std::size_t expected_gradient(ConstMatrix x, ConstMatrix dy, Matrix dw) {
  return expected_product(
      x.rows(), [&](std::size_t i, std::size_t k) { return x.row(k)[i]; },
      [&](std::size_t k, std::size_t j) { return dy.row(k)[j]; }, dw);
}

bool same_bits(std::span<const float> values, std::span<const float> expected) {
  return std::memcmp(values.data(), expected.data(), expected.size_bytes()) == 0;
}

std::vector<float> nans(std::size_t count) {
  return std::vector<float>(count, std::numeric_limits<float>::quiet_NaN());
}

/// c = a b as processors compute it that have no other way, in two ways, which must agree.
void multiply_in_plain_cpp(ConstMatrix a, ConstMatrix b, Matrix c) {
  const std::size_t inner = pairs_of(a.cols());
  PairBuffer left(a.rows() * inner);
  PairBuffer right(inner * b.cols());
  const PairMatrix rows(left.span(), a.rows(), inner);
  const PairMatrix columns(right.span(), inner, b.cols());
  pair_in_rows(a, rows);
  pair_in_columns(b, columns);
  portable::multiply(rows, columns, c);

  PairBuffer turned(left.span().size());
  portable::transpose(rows, PairMatrix(turned.span(), inner, a.rows()));
  std::vector<float> again = nans(c.values().size());
  portable::multiply_transposed_left(ConstPairs(turned.span(), inner, a.rows()), columns,
                                     Matrix(again, c.rows(), c.cols()), false);
  EXPECT_TRUE(same_bits(again, c.values()));
}

Arithmetic pairs_by(Kernels kernels) {
  return {kernels, Precision::bfloat16};
}

/// The names are those that doctor and runs print.
TEST(PairProduct, SaysWhatMultiplies) {
  EXPECT_EQ(kernel_name(pairs_by(Kernels::portable)),
            kernel_name(Kernels::portable) + ", bfloat16 by float32 instructions");
  EXPECT_EQ(kernel_name(Arithmetic(Kernels::portable)), kernel_name(Kernels::portable));
  if (!xsmm::is_available()) return;
  const bool has_instruction = kernel_name(Kernels::libxsmm).ends_with(" cpx");
  EXPECT_THAT(
      kernel_name(pairs_by(Kernels::libxsmm)),
      testing::EndsWith(has_instruction ? " cpx, bfloat16 by vdpbf16ps" : ", bfloat16 by float32 instructions"));
}

TEST(PairProduct, IsOneChainOfPairs) {
  for (const Regime& regime : kRegimes) {
    std::size_t others = 0;
    for (const std::size_t m : {1U, 5U, 35U})
      for (std::size_t n = 1; n <= 66; n += kNextColumns)
        for (const std::size_t k : {0U, 1U, 2U, 27U, 64U}) {
          const Factor left(regime.left, m, k, false, n % 3, 1);
          const Factor right(regime.right, n, k, true, 0, 2);
          const ConstMatrix a = left.matrix();
          const ConstMatrix b = right.matrix();
          std::vector<float> expected(m * n);
          others += expected_product(
              k, [&](std::size_t i, std::size_t x) { return a.row(i)[x]; },
              [&](std::size_t x, std::size_t j) { return b.row(x)[j]; }, Matrix(expected, m, n));
          std::vector<float> transposed(n * k);
          for (std::size_t x = 0; x < k; ++x)
            for (std::size_t j = 0; j < n; ++j) transposed[j * k + x] = b.row(x)[j];
          // As a layer does: rows in two blocks, which must not show.
          const std::vector<Range> blocks{{0, m / 2}, {m / 2, m}};
          for (const Kernels kernels : kernels_of_chains()) {
            ProductScratch scratch;
            std::vector<float> c = nans(m * n);
            multiply_weight(pairs_by(kernels), a, PackedWeight(kernels, b).panels(), Matrix(c, m, n), blocks, scratch,
                            [](const Range&) {});
            ASSERT_TRUE(same_bits(c, expected))
                << regime.name << ", " << kernel_name(kernels) << ": " << m << " x " << k << " x " << n;
            c = nans(m * n);
            const ConstMatrix weight(transposed, n, k);
            multiply_transposed_weight(pairs_by(kernels), a, PackedWeight(kernels, weight).panels(), Matrix(c, m, n),
                                       blocks, scratch, [] {});
            ASSERT_TRUE(same_bits(c, expected))
                << regime.name << ", " << kernel_name(kernels) << ", transposed: " << m << " x " << k << " x " << n;
          }
          std::vector<float> c = nans(m * n);
          multiply_in_plain_cpp(a, b, Matrix(c, m, n));
          ASSERT_TRUE(same_bits(c, expected)) << regime.name << ", plain: " << m << " x " << k << " x " << n;
        }
    EXPECT_EQ(others > 0, regime.has_subnormals) << regime.name;
  }
}

/// Gradients at these nodes, each as a matrix.
std::vector<std::vector<float>> gradients(Kernels kernels, ConstMatrix x, ConstMatrix dy, const GradientNodes& nodes,
                                          std::vector<std::vector<float>> packed) {
  const std::size_t m = x.cols();
  const std::size_t n = dy.cols();
  const std::size_t width = panel_width(kernels, n);
  ProductScratch scratch;
  scratch.sums = room_for_sums(nodes.slices.rows.size(), gradient_rows(kernels, m) * std::min(width, n));
  const auto panels = [&](std::size_t node) { return Panels(packed[node], m, n, width); };
  multiply_gradients(pairs_by(kernels), x, dy, nodes, panels, scratch, [](std::size_t) {});
  return packed;
}

/// In row order.
std::vector<float> unpacked(Kernels kernels, std::vector<float> packed, std::size_t m, std::size_t n) {
  std::vector<float> values(m * n);
  unpack(ConstPanels(packed, m, n, panel_width(kernels, n)), Matrix(values, m, n));
  return values;
}

TEST(PairGradient, IsTheTreeSumOfTheChainsOfSlices) {
  for (const Regime& regime : kRegimes) {
    std::size_t others = 0;
    for (const std::size_t slices : {1U, 2U, 3U, 5U, 8U})
      for (const std::size_t batch : {slices / 2, 7 * slices + slices / 2, 33 * slices})
        for (const auto& [m, n] : {Shape{1U, 1U}, {4U, 16U}, {9U, 10U}, {70U, 33U}, {3U, 63U}, {2U, 130U}}) {
          const Range root{0, slices};
          // Of all slices, and of those of a second rank.
          for (const Range& owned : {root, right_child(root)}) {
            if (owned.size() == 0) continue;
            const OwnedSlices cut(batch, slices, owned);
            const std::size_t rows = cut.samples.size();
            const Factor left(regime.left, m, rows, true, 3, 3);
            const Factor right(regime.right, n, rows, true, 1, 4);
            const ConstMatrix x = left.matrix();
            const ConstMatrix dy = right.matrix();
            std::vector<float> expected(m * n);
            expected_tree_sum(owned, std::span(expected), [&](std::size_t slice, std::span<float> sum) {
              const Range& samples = cut.rows_of(slice);
              others += expected_gradient(x.rows(samples), dy.rows(samples), Matrix(sum, m, n));
            });
            for (const Kernels kernels : kernels_of_chains()) {
              const std::vector<float> sum =
                  gradients(kernels, x, dy, {cut, std::span(&owned, 1)}, {nans(m * n)}).front();
              ASSERT_TRUE(same_bits(unpacked(kernels, sum, m, n), expected))
                  << regime.name << ", " << kernel_name(kernels) << ", " << slices << " slices of " << batch
                  << " rows, " << m << " x " << n;
            }
          }
        }
    EXPECT_EQ(others > 0, regime.has_subnormals) << regime.name;
  }
}

/// A rank with slices 1 to 6 of 8 sums the nodes {1}, {2, 3}, {4, 5} and {6}, each into a gradient of its own.
TEST(PairGradient, OfSeveralNodesIsOneForEach) {
  const Range owned{1, 7};
  const std::vector<Range> nodes = maximal_nodes({0, 8}, owned);
  ASSERT_EQ(nodes.size(), 4U);
  const OwnedSlices cut(77, 8, owned);
  const Factor left(number, 5, cut.samples.size(), true, 0, 3);
  const Factor right(number, 20, cut.samples.size(), true, 0, 4);
  for (const Kernels kernels : kernels_of_chains()) {
    const auto sums = gradients(kernels, left.matrix(), right.matrix(), {cut, nodes},
                                std::vector<std::vector<float>>(nodes.size(), nans(100)));
    for (std::size_t node = 0; node < nodes.size(); ++node) {
      std::vector<float> expected(100);
      expected_tree_sum(nodes[node], std::span(expected), [&](std::size_t slice, std::span<float> sum) {
        const Range& samples = cut.rows_of(slice);
        expected_gradient(left.matrix().rows(samples), right.matrix().rows(samples), Matrix(sum, 5, 20));
      });
      EXPECT_TRUE(same_bits(unpacked(kernels, sums[node], 5, 20), expected)) << kernel_name(kernels) << ", " << node;
    }
  }
}

/// A slice of several blocks of rows, of even numbers of them but for the last, is one chain.
TEST(PairGradient, GoesOnFromBlockToBlock) {
  constexpr std::size_t kRows = 47;
  const Range slice{0, 1};
  for (const Regime& regime : kRegimes)
    for (const auto& [m, n] : {Shape{1U, 1U}, {9U, 10U}, {70U, 33U}, {2U, 130U}}) {
      const Factor left(regime.left, m, kRows, true, 0, 3);
      const Factor right(regime.right, n, kRows, true, 0, 4);
      std::vector<float> expected(m * n);
      expected_gradient(left.matrix(), right.matrix(), Matrix(expected, m, n));
      for (const Kernels kernels : kernels_of_chains()) {
        std::vector<std::vector<float>> sums{nans(m * n)};
        for (const Range& rows : {Range{0, 2}, {2, 30}, {30, kRows}}) {
          const OwnedSlices cut(rows.size(), 1, slice);
          sums = gradients(kernels, left.matrix().rows(rows), right.matrix().rows(rows),
                           {cut, std::span(&slice, 1), rows.begin > 0}, std::move(sums));
        }
        ASSERT_TRUE(same_bits(unpacked(kernels, sums.front(), m, n), expected))
            << regime.name << ", " << kernel_name(kernels) << ", " << m << " x " << n;
      }
    }
}

}  // namespace
}  // namespace lockstep
