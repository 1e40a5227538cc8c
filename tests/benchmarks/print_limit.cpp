// Prints the best rate of a large matrix product on one core, in GFLOP/s: the limit that this machine sets.
#include <fmt/format.h>

#include "limit.hpp"
#include "tensor/blas.hpp"

int main() {
  using namespace lockstep;
  openblas::use_one_thread();
  double best = 0;
  for (const Kernels kernels : kernels_here()) {
    const double rate = product_limit(Arithmetic(kernels));
    fmt::print(stderr, "{}: {:.0f} GFLOP/s\n", kernel_name(kernels), rate);
    best = std::max(best, rate);
  }
  fmt::print("{:.1f}\n", best);
}
