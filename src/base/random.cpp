#include "base/random.hpp"

// The library's own headers do not pass the project's warnings.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wconversion"
#include <Random123/philox.h>
#pragma GCC diagnostic pop

#include <numeric>
#include <utility>

namespace lockstep {

RandomSequence::RandomSequence(std::uint64_t seed, Purpose purpose, std::uint64_t first, std::uint64_t second,
                               std::uint64_t third)
    : key_{seed, static_cast<std::uint64_t>(purpose)}, counter_{0, first, second, third} {}

std::uint64_t RandomSequence::next() {
  if (used_ == block_.size()) {
    const r123::Philox4x64::ctr_type counter{{counter_[0], counter_[1], counter_[2], counter_[3]}};
    const r123::Philox4x64::key_type key{{key_[0], key_[1]}};
    const auto words = r123::Philox4x64{}(counter, key);
    block_ = {words[0], words[1], words[2], words[3]};
    ++counter_[0];
    used_ = 0;
  }
  return block_[used_++];
}

std::uint64_t RandomSequence::next_below(std::uint64_t bound) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::uint64_t>((static_cast<Wide>(next()) * bound) >> 64);
}

float RandomSequence::next_uniform() {
  return static_cast<float>(next() >> 40) * 0x1p-24F;
}

std::vector<std::uint32_t> random_permutation(std::uint32_t count, RandomSequence random) {
  std::vector<std::uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0U);
  for (std::uint32_t i = count; i > 1; --i) std::swap(order[i - 1], order[random.next_below(i)]);
  return order;
}

}  // namespace lockstep
