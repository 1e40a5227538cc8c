// Counter-based random numbers: every value is a pure function of what it is for, so there is no state to save.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace lockstep {

/// What a random value is for. Values of different purposes are independent. The numbers are part of the arithmetic.
enum class Purpose : std::uint64_t {
  initial_weights = 1,
  sample_order = 2,
  test_split = 3,
  dropout = 4,
  validation_split = 5,
  augmentation = 6,
  mixup = 7,
  block_order = 9,
  window_order = 10,
  survey = 11,
};

/// The sequence of values that belongs to (seed, purpose, first, second, third), from Philox4x64-10: Salmon, Moraes,
/// Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
///
/// Value i is word i % 4 of the block with key (seed, purpose) and counter (i / 4, first, second, third).
class RandomSequence {
 public:
  RandomSequence(std::uint64_t seed, Purpose purpose, std::uint64_t first = 0, std::uint64_t second = 0,
                 std::uint64_t third = 0);

  /// The next 64 random bits.
  std::uint64_t next();

  /// The next value below `bound`, which is not zero: the high word of bits times bound.
  std::uint64_t next_below(std::uint64_t bound);

  /// The next value in [0, 1), a multiple of 2^-24.
  float next_uniform();

 private:
  std::array<std::uint64_t, 2> key_;
  std::array<std::uint64_t, 4> counter_;
  std::array<std::uint64_t, 4> block_{};
  std::size_t used_ = 4;
};

/// A random order of the numbers below `count`, by the Fisher-Yates shuffle from the end.
std::vector<std::uint32_t> random_permutation(std::uint32_t count, RandomSequence random);

}  // namespace lockstep
