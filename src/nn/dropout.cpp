#include "nn/dropout.hpp"

#include "base/error.hpp"
#include "base/random.hpp"
#include "base/vectorized.hpp"

namespace lockstep {

void draw_dropout_mask(const DropoutKey& key, std::size_t layer, double rate, Matrix mask) {
  invariant(key.samples.size() == mask.rows(), "dropout wants a sample a row");
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

void multiply_elements(ConstMatrix a, ConstMatrix b, Matrix product) {
  invariant(a.values().size() == product.values().size() && b.values().size() == product.values().size(),
            "element-wise factors must have equal sizes");
  LOCKSTEP_INDEPENDENT
  for (std::size_t i = 0; i < product.values().size(); ++i) product.values()[i] = a.values()[i] * b.values()[i];
}

}  // namespace lockstep
