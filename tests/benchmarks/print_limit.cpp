// Prints the best rates of a large matrix product on one core in float32 and in bfloat16, in GFLOP/s: the limits that
// this machine sets.
#include <fmt/format.h>

#include "limit.hpp"
#include "tensor/blas.hpp"

int main() {
  using namespace lockstep;
  openblas::use_one_thread();
  for (const auto& [name, precision] : {std::pair("float32", Precision::float32), {"bfloat16", Precision::bfloat16}})
    fmt::print("{} {:.1f}\n", name, product_limit(precision));
}
