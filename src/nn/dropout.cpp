#include "nn/dropout.hpp"

#include "base/error.hpp"
#include "base/random.hpp"
#include "base/vectorized.hpp"

namespace lockstep {

void draw_dropout_mask(const DropoutKey& key, std::size_t layer, double rate, Matrix mask) {
  invariant(key.samples.size() == mask.rows(), "dropout wants a sample per row");
  const auto threshold = static_cast<std::uint64_t>(rate * 0x1p32);
  const auto scale = static_cast<float>(1 / (1 - rate));
  for (std::size_t r = 0; r < mask.rows(); ++r) {
    const std::span<float> row = mask.row(r);
    RandomSequence random(key.seed, Purpose::dropout, key.step, key.samples[r], layer);
    std::uint64_t bits = 0;
    for (std::size_t u = 0; u < row.size(); ++u) {
      bits = u % 2 == 0 ? random.next() : bits >> 32;
      row[u] = (bits & 0xFFFFFFFFU) < threshold ? 0.0F : scale;
    }
  }
}

namespace {

void check_shapes(ConstMatrix a, ConstMatrix b, Matrix result) {
  invariant(
      a.rows() == result.rows() && b.rows() == result.rows() && a.cols() == result.cols() && b.cols() == result.cols(),
      "matrices that are combined element by element must have equal shapes");
}

}  // namespace

void multiply_elements(ConstMatrix a, ConstMatrix b, Matrix product) {
  check_shapes(a, b, product);
  for (std::size_t r = 0; r < product.rows(); ++r) {
    const std::span<float> row = product.row(r);
    LOCKSTEP_INDEPENDENT
    for (std::size_t c = 0; c < row.size(); ++c) row[c] = a.row(r)[c] * b.row(r)[c];
  }
}

void add_elements(ConstMatrix a, ConstMatrix b, Matrix sum) {
  check_shapes(a, b, sum);
  for (std::size_t r = 0; r < sum.rows(); ++r) {
    const std::span<float> row = sum.row(r);
    LOCKSTEP_INDEPENDENT
    for (std::size_t c = 0; c < row.size(); ++c) row[c] = a.row(r)[c] + b.row(r)[c];
  }
}

}  // namespace lockstep
