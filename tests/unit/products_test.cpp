// Matrix products of all kernels against sums in double, and bit by bit against chains of std::fma, which say what a
// product is.
#include "products.hpp"

#include <cblas.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "tensor/blas.hpp"

namespace lockstep {
namespace {

/// c = aᵀ b as the gradient of a single slice.
void multiply_slice(Kernels kernels, ConstMatrix a, ConstMatrix b, Matrix c) {
  multiply_transposed_left(kernels, a, b, OwnedSlices(a.rows(), 1, {0, 1}), {0, 1}, false, c, {});
}

/// The same in two parts, the second of which goes on from the first.
void multiply_slice_in_parts(Kernels kernels, ConstMatrix a, ConstMatrix b, Matrix c) {
  invariant(a.rows() == b.rows(), "shapes of the parts must agree");
  const Range first{0, a.rows() / 3};
  const Range second{first.end, a.rows()};
  multiply_slice(kernels, a.rows(first), b.rows(first), c);
  multiply_transposed_left(kernels, a.rows(second), b.rows(second), OwnedSlices(second.size(), 1, {0, 1}), {0, 1}, true,
                           c, {});
}

/// All that run here.
std::vector<Kernels> all_kernels() {
  std::vector<Kernels> kernels = kernels_of_chains();
  kernels.insert(kernels.begin(), Kernels::openblas);
  return kernels;
}

const char* word_for(Kernels kernels) {
  return kernels == Kernels::openblas ? "openblas" : kernels == Kernels::portable ? "portable" : "libxsmm";
}

/// c = a b as a single block of rows.
void multiply_block(Kernels kernels, ConstMatrix a, ConstMatrix b, Matrix c) {
  const std::vector<Range> rows{{0, a.rows()}};
  multiply(kernels, a, b, c, rows);
}

/// c = a bᵀ of floats.
void multiply_right(Kernels kernels, ConstMatrix a, ConstMatrix b, Matrix c) {
  multiply_packed_right(kernels, a, b, c);
}

using Product = void (*)(Kernels, ConstMatrix, ConstMatrix, Matrix);

/// c = op(a) op(b), shapes (m, k), (k, n) and (m, n) after op.
struct Case {
  Kernels kernels;
  const char* name;
  Product product;
  bool transposed_left;
  bool transposed_right;
};
std::vector<Case> all_cases() {
  std::vector<Case> cases;
  for (const Kernels kernels : all_kernels()) {
    cases.push_back({kernels, "multiply", multiply_block, false, false});
    cases.push_back({kernels, "multiply_transposed_left", multiply_slice, true, false});
    cases.push_back({kernels, "multiply_transposed_left_in_parts", multiply_slice_in_parts, true, false});
    cases.push_back({kernels, "multiply_transposed_right", multiply_right, false, true});
  }
  return cases;
}

class ProductsTest : public testing::TestWithParam<Case> {
 protected:
  ProductsTest() { openblas::use_one_thread(); }

  /// Views of shape op(rows, cols).
  static ConstMatrix left(std::span<const float> values, std::size_t m, std::size_t k) {
    return GetParam().transposed_left ? ConstMatrix(values, k, m) : ConstMatrix(values, m, k);
  }
  static ConstMatrix right(std::span<const float> values, std::size_t k, std::size_t n) {
    return GetParam().transposed_right ? ConstMatrix(values, n, k) : ConstMatrix(values, k, n);
  }
};

TEST_P(ProductsTest, IsTheSumOfProducts) {
  for (const std::size_t m : {1U, 2U, 7U, 16U, 33U, 100U}) {
    for (const std::size_t n : {1U, 3U, 10U, 16U, 65U, 130U}) {
      for (const std::size_t k : {0U, 1U, 5U, 16U, 31U, 257U}) {
        const std::vector<float> a = random_values(m * k, 1);
        const std::vector<float> b = random_values(k * n, 2);
        std::vector<float> c(m * n, std::numeric_limits<float>::quiet_NaN());  // what was there does not count
        GetParam().product(GetParam().kernels, left(a, m, k), right(b, k, n), Matrix(c, m, n));
        for (std::size_t i = 0; i < m; ++i) {
          for (std::size_t j = 0; j < n; ++j) {
            double sum = 0;
            double sizes = 0;
            for (std::size_t x = 0; x < k; ++x) {
              const double term = static_cast<double>(GetParam().transposed_left ? a[x * m + i] : a[i * k + x]) *
                                  static_cast<double>(GetParam().transposed_right ? b[j * k + x] : b[x * n + j]);
              sum += term;
              sizes += std::abs(term);
            }
            // Any order of k float additions stays within this.
            ASSERT_NEAR(static_cast<double>(c[i * n + j]), sum, sizes * static_cast<double>(k + 1) * 0x1p-24)
                << m << " x " << k << " x " << n << " at " << i << ", " << j;
          }
        }
      }
    }
  }
}

TEST_P(ProductsTest, HasTheSameBitsWhereverItsOperandsLie) {
  const std::size_t n = 130;
  const std::size_t k = 257;
  for (const std::size_t m : {1U, 5U, 12U, 64U}) {
    const std::vector<float> a = random_values(m * k, 3);
    const std::vector<float> b = random_values(k * n, 4);
    std::vector<float> first;
    for (const std::size_t offset : {0U, 1U, 3U, 8U, 257U}) {
      AlignedBuffer memory(3 * offset + a.size() + b.size() + m * n);
      const std::span<float> left_values = memory.span().subspan(offset, a.size());
      const std::span<float> right_values = memory.span().subspan(2 * offset + a.size(), b.size());
      const std::span<float> result = memory.span().last(m * n);
      std::ranges::copy(a, left_values.begin());
      std::ranges::copy(b, right_values.begin());
      GetParam().product(GetParam().kernels, left(left_values, m, k), right(right_values, k, n), Matrix(result, m, n));
      if (first.empty()) first.assign(result.begin(), result.end());
      ASSERT_EQ(std::memcmp(first.data(), result.data(), result.size_bytes()), 0) << m << " rows, offset " << offset;
    }
  }
}

TEST_P(ProductsTest, DoesNothingWithoutRowsOrColumns) {
  const std::vector<float> values(6, 1.0F);
  std::vector<float> none;
  GetParam().product(GetParam().kernels, left({}, 0, 2), right(values, 2, 3), Matrix(none, 0, 3));
  GetParam().product(GetParam().kernels, left(values, 3, 2), right({}, 2, 0), Matrix(none, 3, 0));
}

TEST_P(ProductsTest, RefusesShapesThatDoNotAgree) {
  const std::vector<float> values(24);
  std::vector<float> c(24);
  const auto product = [&](std::size_t k, std::size_t rows, std::size_t cols) {
    GetParam().product(GetParam().kernels, left(values, 2, 3), right(values, k, 4), Matrix(c, rows, cols));
  };
  product(3, 2, 4);
  EXPECT_DEATH(product(2, 2, 4), "must agree");
  EXPECT_DEATH(product(3, 3, 4), "must agree");
  EXPECT_DEATH(product(3, 2, 3), "must agree");
}

INSTANTIATE_TEST_SUITE_P(All, ProductsTest, testing::ValuesIn(all_cases()), [](const auto& test) {
  return fmt::format("{}_{}", word_for(test.param.kernels), test.param.name);
});

/// c = aᵀ b with the bits that the kernels are to give.
void expected_slice(Kernels kernels, ConstMatrix a, ConstMatrix b, Matrix c) {
  if (kernels == Kernels::openblas) return openblas::multiply_transposed_left(a, b, c, false);
  for (std::size_t i = 0; i < c.rows(); ++i)
    for (std::size_t j = 0; j < c.cols(); ++j) {
      float sum = 0;
      for (std::size_t row = 0; row < a.rows(); ++row) sum = std::fma(a.row(row)[i], b.row(row)[j], sum);
      c.row(i)[j] = sum;
    }
}

TEST(Product, IsOneChainOfFusedMultiplyAdds) {
  for (const Case& product : all_cases()) {
    if (product.kernels == Kernels::openblas) continue;
    for (const std::size_t m : {1U, 5U, 35U})
      for (std::size_t n = 1; n <= 66; n += kNextColumns)
        for (const std::size_t k : {0U, 28U, 130U}) {
          const std::vector<float> a = some_zeros(m * k, 1);
          const std::vector<float> b = some_zeros(k * n, 2);
          // The reference wants aᵀ, and b as it is.
          std::vector<float> transposed(m * k);
          std::vector<float> plain(k * n);
          for (std::size_t x = 0; x < k; ++x) {
            for (std::size_t i = 0; i < m; ++i)
              transposed[x * m + i] = product.transposed_left ? a[x * m + i] : a[i * k + x];
            for (std::size_t j = 0; j < n; ++j)
              plain[x * n + j] = product.transposed_right ? b[j * k + x] : b[x * n + j];
          }
          std::vector<float> expected(m * n);
          expected_slice(product.kernels, ConstMatrix(transposed, k, m), ConstMatrix(plain, k, n),
                         Matrix(expected, m, n));
          std::vector<float> c(m * n, std::numeric_limits<float>::quiet_NaN());
          product.product(product.kernels, product.transposed_left ? ConstMatrix(a, k, m) : ConstMatrix(a, m, k),
                          product.transposed_right ? ConstMatrix(b, n, k) : ConstMatrix(b, k, n), Matrix(c, m, n));
          ASSERT_EQ(std::memcmp(c.data(), expected.data(), c.size() * sizeof(float)), 0)
              << kernel_name(product.kernels) << ", " << product.name << ": " << m << " x " << k << " x " << n;
        }
  }
}

TEST(GradientProduct, IsTheTreeSumOfTheProductsOfSlices) {
  openblas::use_one_thread();
  for (const Kernels kernels : all_kernels()) {
    for (const std::size_t slices : {1U, 2U, 3U, 4U, 5U, 8U, 13U, 16U}) {
      for (const std::size_t batch : {slices / 2, 7 * slices + slices / 2, 32 * slices, 33 * slices, 150 * slices}) {
        for (const auto& [m, n] : {Shape{1U, 1U}, {4U, 16U}, {9U, 10U}, {16U, 64U}, {37U, 33U}, {3U, 63U}}) {
          const Range root{0, slices};
          // Of all slices, and of those of a second rank.
          for (const Range& owned : {root, right_child(root)}) {
            if (owned.size() == 0) continue;
            const OwnedSlices cut(batch, slices, owned);
            const std::size_t rows = cut.samples.size();
            const std::vector<float> left = some_zeros((rows + 1) * (m + 3), 1);
            const std::vector<float> right = some_zeros((rows + 1) * (n + 1), 2);
            const ConstMatrix a(left, rows, m, m + 3);
            const ConstMatrix b(right, rows, n, n + 1);
            std::vector<float> expected(m * n);
            expected_tree_sum(owned, expected, [&](std::size_t slice, std::span<float> sum) {
              expected_slice(kernels, a.rows(cut.rows_of(slice)), b.rows(cut.rows_of(slice)), Matrix(sum, m, n));
            });

            std::vector<AlignedBuffer> buffers = room_for_sums(owned.size(), m * n);
            std::vector<float> sum(m * n + 1, std::numeric_limits<float>::quiet_NaN());
            multiply_transposed_left(kernels, a, b, cut, owned, false, Matrix(sum, m, n), buffers);
            ASSERT_EQ(std::memcmp(sum.data(), expected.data(), expected.size() * sizeof(float)), 0)
                << kernel_name(kernels) << ", " << slices << " slices of " << batch << " rows, " << m << " x " << n;
            ASSERT_TRUE(std::isnan(sum.back())) << "wrote past the end";
          }
        }
      }
    }
  }
}

/// In slices, or all at once where that gives the same bits: what a rank does must not show in them.
TEST(Product, HasTheBitsOfItsBlocksOfRows) {
  openblas::use_one_thread();
  for (const Kernels kernels : all_kernels()) {
    for (std::size_t cols = 1; cols <= 64; cols += cols < 20 ? 1 : 11)
      for (const std::size_t inner : {1U, 7U, 64U, 200U})
        for (const std::size_t rows : {1U, 2U, 3U, 4U, 5U, 7U, 8U, 9U, 11U, 12U, 13U, 20U, 35U}) {
          const std::vector<float> left = random_values(2 * rows * inner, rows);
          const std::vector<float> right = random_values(inner * cols, cols);
          const ConstMatrix a(left, 2 * rows, inner);
          const ConstMatrix b(right, inner, cols);
          std::vector<float> whole(2 * rows * cols);
          std::vector<float> blocks(2 * rows * cols);
          const std::vector<Range> both{{0, rows}, {rows, 2 * rows}};
          const Matrix c(blocks, 2 * rows, cols);
          multiply(kernels, a, b, Matrix(whole, 2 * rows, cols), both);
          for (const Range& range : both) multiply_block(kernels, a.rows(range), b, c.rows(range));
          ASSERT_EQ(whole, blocks) << 2 * rows << " x " << inner << " x " << cols;
        }
  }
}

TEST(Kernels, AreResolvedToThoseThatRunHere) {
  EXPECT_EQ(resolve(Kernels::openblas), Kernels::openblas);
  EXPECT_EQ(resolve(Kernels::portable), Kernels::portable);
  EXPECT_EQ(resolve(Kernels::automatic), xsmm::is_available() ? Kernels::libxsmm : Kernels::portable);
}

TEST(Blas, RunsOnOneThread) {
  openblas_set_num_threads(2);
  openblas::use_one_thread();
  EXPECT_EQ(openblas_get_num_threads(), 1);
}

TEST(Kernels, NameTheirVersionAndInstructionSet) {
  EXPECT_THAT(kernel_name(Kernels::openblas),
              testing::MatchesRegex("OpenBLAS [0-9]+[.][0-9]+[.][0-9]+[^ ]* [A-Za-z0-9_]+"));
  EXPECT_THAT(kernel_name(Kernels::portable), testing::MatchesRegex("portable [a-z0-9_]+"));
  if (xsmm::is_available()) {
    EXPECT_THAT(kernel_name(Kernels::libxsmm), testing::MatchesRegex("libxsmm [0-9.]+ [a-z0-9]+"));
  }
}

}  // namespace
}  // namespace lockstep
