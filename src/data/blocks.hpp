// A file of samples in blocks of consecutive ones, each of which is read at once.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/partition.hpp"
#include "data/row_set.hpp"

namespace lockstep {

class Blocks {
 public:
  /// Of `samples` samples, with `size` in each block but the last, of which `train` are to be trained with.
  Blocks(std::uint64_t samples, std::uint64_t size, std::shared_ptr<const RowSet> train);
  /// The same where all are.
  Blocks(std::uint64_t samples, std::uint64_t size) : Blocks(samples, size, std::make_shared<RowSet>()) {}

  [[nodiscard]] std::size_t count() const { return begins_.size() - 1; }
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] Range rows_of(std::size_t block) const;

  /// The samples of a block to train with, ascending.
  [[nodiscard]] std::vector<std::uint32_t> train_rows_of(std::size_t block) const {
    return train_->within(rows_of(block));
  }
  /// How many they are, in a block, in those before it, and in all.
  [[nodiscard]] std::uint64_t train_rows(std::size_t block) const { return begins_[block + 1] - begins_[block]; }
  [[nodiscard]] std::uint64_t train_rows_before(std::size_t block) const { return begins_[block]; }
  [[nodiscard]] std::uint64_t train_rows() const { return begins_.back(); }
  /// The fewest that any n blocks have, for each n up to all.
  [[nodiscard]] std::vector<std::uint64_t> fewest_train_rows() const;

 private:
  std::uint64_t samples_;
  std::uint64_t size_;
  std::shared_ptr<const RowSet> train_;
  std::vector<std::uint64_t> begins_;  // samples to train with before each block, and in all
};

}  // namespace lockstep
