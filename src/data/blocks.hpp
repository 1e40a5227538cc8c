// A file of samples in blocks of consecutive ones, each of which is read at once. A part of every block may be held
// back for tests and validation.
#pragma once

#include <cstdint>
#include <vector>

#include "base/partition.hpp"

namespace lockstep {

/// The rows of one block, ascending, by what they are for.
struct BlockParts {
  std::vector<std::uint32_t> train;
  std::vector<std::uint32_t> test;
  std::vector<std::uint32_t> validation;
};

/// Numbers of samples, counted from the sample `first` on.
std::vector<std::uint32_t> counted_from(std::uint64_t first, std::vector<std::uint32_t> numbers);

class Blocks {
 public:
  /// Of `samples` samples, with `size` in each block but the last. The nearest number to `test_fraction` of the first n
  /// samples, for every n that is the end of a block, is held back for tests, and `validation_fraction` of those that
  /// are left for validation: which ones of a block is a pure function of `seed`.
  Blocks(std::uint64_t samples, std::uint64_t size, double test_fraction, double validation_fraction,
         std::uint64_t seed);

  [[nodiscard]] std::size_t count() const { return (samples_ + size_ - 1) / size_; }
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] std::uint64_t seed() const { return seed_; }
  [[nodiscard]] bool hold_back() const { return held_ > 0; }
  [[nodiscard]] Range rows_of(std::size_t block) const;
  [[nodiscard]] BlockParts parts_of(std::size_t block) const;

  /// How many samples to train with there are in a block, and in all.
  [[nodiscard]] std::uint64_t train_rows(std::size_t block) const;
  /// Of any block but the last, at least.
  [[nodiscard]] std::uint64_t least_train_rows() const;
  [[nodiscard]] std::uint64_t train_rows() const { return samples_ - held_before(count()); }

 private:
  /// Of the samples before a block, how many are for tests, and how many are held back in all.
  [[nodiscard]] std::uint64_t test_before(std::size_t block) const;
  [[nodiscard]] std::uint64_t held_before(std::size_t block) const;

  std::uint64_t samples_;
  std::uint64_t size_;
  double test_;
  double held_;  // for tests or validation
  std::uint64_t seed_;
};

}  // namespace lockstep
