#include "limit.hpp"

#include <bit>
#include <cstdint>

#include "base/vectorized.hpp"
#include "tensor/aligned_buffer.hpp"
#include "tensor/product_speed.hpp"

namespace lockstep {

namespace {

constexpr double kProductSeconds = 0.5;
constexpr double kMemorySeconds = 0.05;

/// A sum of bits: unlike one of floats it has no order to keep, so that nothing but memory slows it.
LOCKSTEP_VECTORIZED std::uint32_t read_all(const float* values, std::size_t size) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < size; ++i) sum += std::bit_cast<std::uint32_t>(values[i]);
  return sum;
}

LOCKSTEP_VECTORIZED void add_all(const float* __restrict values, float* __restrict sums, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) sums[i] += values[i];
}

}  // namespace

std::vector<Kernels> kernels_here() {
  return {Kernels::openblas, resolve(Kernels::automatic)};
}

double product_limit(const Arithmetic& arithmetic) {
  return std::ranges::max(measure_products(arithmetic, kProductSeconds).gflops);
}

double product_limit(Precision precision) {
  double best = 0;
  for (const Kernels kernels : kernels_here())
    if (kernels != Kernels::openblas || precision == Precision::float32)
      best = std::max(best, product_limit({kernels, precision}));
  return best;
}

double read_limit(std::size_t bytes) {
  const AlignedBuffer values(bytes / sizeof(float));
  volatile std::uint32_t sum = 0;
  return best_rate(static_cast<double>(bytes), kMemorySeconds,
                   [&] { sum = read_all(values.span().data(), values.span().size()); });
}

double update_limit(std::size_t bytes) {
  const std::size_t size = bytes / sizeof(float) / 2;
  const AlignedBuffer values(size);
  AlignedBuffer sums(size);
  return best_rate(3.0 * static_cast<double>(size * sizeof(float)), kMemorySeconds,
                   [&] { add_all(values.span().data(), sums.span().data(), size); });
}

}  // namespace lockstep
