// How fast this processor multiplies matrices.
#pragma once

#include <vector>

#include "tensor/layer_products.hpp"

namespace lockstep {

/// Rates of a large matrix product, repeated for `seconds` on this thread.
struct ProductSpeed {
  std::vector<double> gflops;   // GFLOP/s, a repetition each
  double processor_share = 1;   // of the time in which this thread had a processor
  double processor_gflops = 0;  // a second in which it had one: less on a slow processor, not on one that is shared
};

/// At least one repetition, however few the seconds.
ProductSpeed measure_products(const Arithmetic& arithmetic, double seconds);

}  // namespace lockstep
