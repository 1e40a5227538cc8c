// The speed of products, measured.
#include "tensor/product_speed.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace lockstep {
namespace {

TEST(ProductSpeed, MeasuresEachKindOfKernels) {
  std::vector<Kernels> all = {Kernels::openblas, Kernels::portable};
  if (resolve(Kernels::automatic) == Kernels::libxsmm) all.push_back(Kernels::libxsmm);
  for (const Kernels kernels : all) {
    const ProductSpeed speed = measure_products(kernels, 0.2);
    ASSERT_FALSE(speed.gflops.empty());
    EXPECT_GT(std::ranges::min(speed.gflops), 0);
    EXPECT_GT(speed.processor_share, 0);
    EXPECT_LT(speed.processor_share, 1.01);
    // Time in which others had the processor is not counted.
    EXPECT_GT(speed.processor_gflops, 0.99 * std::ranges::min(speed.gflops));
  }
}

TEST(ProductSpeed, MeasuresBfloat16) {
  const ProductSpeed speed = measure_products({resolve(Kernels::automatic), Precision::bfloat16}, 0.1);
  EXPECT_GT(std::ranges::min(speed.gflops), 0);
}

TEST(ProductSpeed, TakesOneProductAtLeast) {
  EXPECT_EQ(measure_products(Kernels::openblas, 0).gflops.size(), 1U);
}

}  // namespace
}  // namespace lockstep
