#include "data/mixup.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/random.hpp"
#include "tensor/elementary.hpp"

namespace lockstep {

namespace {

/// In (0, 1).
float next_inner(RandomSequence& random) {
  for (;;)
    if (const float value = random.next_uniform(); value > 0) return value;
}

}  // namespace

/// Algorithm BA of Cheng, "Generating beta variates with nonintegral shape parameters", 1978, with both parameters
/// equal: its W = alpha e^v makes the share W / (alpha + W) = sigmoid(v).
float mixup_share(double alpha, std::uint64_t seed, std::uint64_t step) {
  constexpr float log2 = std::numbers::ln2_v<float>;
  const auto width = static_cast<float>(std::max(1 / alpha, 1 / std::sqrt(alpha)));
  const auto sum = static_cast<float>(2 * alpha);
  const float slope = static_cast<float>(alpha) + 1 / width;
  RandomSequence random(seed, Purpose::mixup, step);
  for (;;) {
    const float first = next_inner(random);
    const float second = next_inner(random);
    const float v = width * (elementary::log(first) - elementary::log(1 - first));
    const float bound = sum * (log2 - elementary::softplus(v)) + slope * v - 2 * log2;
    if (bound >= 2 * elementary::log(first) + elementary::log(second)) return elementary::sigmoid(v);
  }
}

}  // namespace lockstep
