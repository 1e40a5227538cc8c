// Some of the samples of a file, by a bit each.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/partition.hpp"

namespace lockstep {

class RowSet {
 public:
  /// All samples, of any file.
  RowSet() = default;
  /// These of a file of `samples`.
  RowSet(std::uint64_t samples, std::span<const std::uint32_t> rows);

  [[nodiscard]] bool is_all() const { return bits_.empty(); }
  /// Those of some samples that lie beside each other, ascending, and how many they are.
  [[nodiscard]] std::vector<std::uint32_t> within(const Range& rows) const;
  [[nodiscard]] std::uint64_t count(const Range& rows) const;

  /// Of what tells one set from another.
  [[nodiscard]] std::span<const std::uint64_t> bits() const { return bits_; }

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& bits_;
  }

 private:
  [[nodiscard]] bool has(std::uint64_t row) const { return (bits_[row / 64] >> row % 64 & 1U) != 0; }

  std::vector<std::uint64_t> bits_;  // 64 samples each; empty: all samples
};

}  // namespace lockstep
