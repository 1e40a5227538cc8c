#include "tensor/product_speed.hpp"

#include <array>
#include <ctime>

#include "base/stopwatch.hpp"
#include "tensor/aligned_buffer.hpp"

namespace lockstep {

namespace {

double processor_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

}  // namespace

ProductSpeed measure_products(const Arithmetic& arithmetic, double seconds) {
  constexpr std::size_t kRows = 256;
  constexpr std::size_t kSize = 2048;
  AlignedBuffer a(kRows * kSize);
  AlignedBuffer b(kSize * kSize);
  AlignedBuffer c(kRows * kSize);
  const ConstPanels panels(b.span(), kSize, kSize, panel_width(arithmetic.kernels, kSize));
  const Matrix left(a.span(), kRows, kSize);
  const Matrix result(c.span(), kRows, kSize);
  const std::array rows{Range{0, kRows}};
  ProductScratch scratch;
  const auto product = [&] { multiply_weight(arithmetic, left, panels, result, rows, scratch, [](const Range&) {}); };
  product();  // the first one makes the kernels

  constexpr double kGigaflop = 2e-9 * kRows * kSize * kSize;
  ProductSpeed speed;
  double passed = 0;
  Stopwatch watch;
  const double processor_before = processor_seconds();
  do {
    product();
    const double lap = watch.lap();
    passed += lap;
    speed.gflops.push_back(kGigaflop / lap);
  } while (passed < seconds);
  const double had = processor_seconds() - processor_before;
  speed.processor_share = had / passed;
  speed.processor_gflops = kGigaflop * static_cast<double>(speed.gflops.size()) / had;
  return speed;
}

}  // namespace lockstep
