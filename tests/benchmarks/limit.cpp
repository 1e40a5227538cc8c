// Prints the best rate of a large matrix product on one core, in GFLOP/s: the limit that this machine sets.
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/stopwatch.hpp"
#include "tensor/aligned_buffer.hpp"
#include "tensor/blas.hpp"
#include "tensor/products.hpp"

namespace lockstep {
namespace {

double gflops(Kernels kernels) {
  constexpr std::size_t kRows = 256;
  constexpr std::size_t kSize = 2048;
  AlignedBuffer a(kRows * kSize);
  AlignedBuffer b(kSize * kSize);
  AlignedBuffer c(kRows * kSize);
  const Panels panels(b.span(), kSize, kSize, panel_width(kernels, kSize));
  const Matrix left(a.span(), kRows, kSize);
  const Matrix result(c.span(), kRows, kSize);
  double best = 0;
  for (int repetition = 0; repetition < 60; ++repetition) {
    Stopwatch watch;
    for (std::size_t p = 0; p < panels.count(); ++p)
      multiply(kernels, left, panels.panel(p), result.columns(panels.columns(p)));
    best = std::max(best, 2e-9 * kRows * kSize * kSize / watch.lap());
  }
  return best;
}

}  // namespace
}  // namespace lockstep

int main() {
  using namespace lockstep;
  openblas::use_one_thread();
  double best = 0;
  std::vector<Kernels> all = {Kernels::openblas};
  if (resolve(Kernels::automatic) == Kernels::libxsmm) all.push_back(Kernels::libxsmm);
  for (const Kernels kernels : all) {
    const double rate = gflops(kernels);
    fmt::print(stderr, "{}: {:.0f} GFLOP/s\n", kernel_name(kernels), rate);
    best = std::max(best, rate);
  }
  fmt::print("{:.1f}\n", best);
}
