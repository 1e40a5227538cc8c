// What one core of this machine does at best: the limits that stand beside the speed of each piece.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "base/stopwatch.hpp"
#include "tensor/layer_products.hpp"

namespace lockstep {

/// The rate of the fastest of the passes that `seconds` have room for, in 1e9 a second, where a pass is `amount`.
template <class Pass>
double best_rate(double amount, double seconds, Pass&& pass) {
  double best = 0;
  for (double left = seconds; left > 0;) {
    Stopwatch watch;
    pass();
    const double taken = watch.lap();
    best = std::max(best, 1e-9 * amount / taken);
    left -= taken;
  }
  return best;
}

/// The libraries whose products run on this processor.
std::vector<Kernels> kernels_here();

/// GFLOP/s of a large matrix product.
double product_limit(const Arithmetic& arithmetic);

/// The same by the fastest of kernels_here() in this precision.
double product_limit(Precision precision);

/// GB/s of reading `bytes` over and over, from the cache if they fit.
double read_limit(std::size_t bytes);

/// GB/s of adding one half of `bytes` to the other, over and over, read and written bytes together. What it writes it
/// has read, as an update has, so that no cache line is fetched in vain.
double update_limit(std::size_t bytes);

}  // namespace lockstep
