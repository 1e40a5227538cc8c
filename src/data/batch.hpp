// Samples gathered from a data set: the inputs and the targets of a step.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/augment.hpp"
#include "data/prepared.hpp"
#include "tensor/aligned_buffer.hpp"
#include "tensor/matrix.hpp"

namespace lockstep {

/// Gathers batches of at most `max_rows` samples of one data set, converted and scaled.
class BatchLoader {
 public:
  /// With `one_hot`, labels become target rows of zeros and a one, as mean squared error wants them.
  BatchLoader(const PreparedDataset& dataset, std::size_t max_rows, bool one_hot);

  /// Takes the samples with these numbers. The views below show them until the next call.
  void gather(std::span<const std::uint32_t> samples);

  /// Changes the inputs that were gathered, of these samples.
  void augment(Augmenter& augmenter, std::uint64_t epoch, std::span<const std::uint32_t> samples);

  /// Mixes the inputs of row r with those of row partners[r], which comes after it, of which `share` and 1 - `share`
  /// are taken, and drops the rows of inputs that have no partner, the last ones. What belongs to rows, labels, targets
  /// and weights, stays as it is, of all rows that were gathered.
  void mix(float share, std::span<const std::uint32_t> partners);
  [[nodiscard]] bool is_mixed() const { return !partners_.empty(); }
  [[nodiscard]] float share() const { return share_; }
  [[nodiscard]] std::size_t partner(std::size_t row) const { return partners_[row]; }

  [[nodiscard]] ConstMatrix inputs() const;                    // (rows, width of the network)
  [[nodiscard]] std::span<const std::int32_t> labels() const;  // (rows), classification only
  [[nodiscard]] ConstMatrix targets() const;                   // (rows, outputs), regression or one-hot
  [[nodiscard]] std::span<const double> weights() const;       // (rows), or empty where samples have none

 private:
  [[nodiscard]] Matrix inputs_of(std::size_t rows);

  const PreparedDataset* dataset_;
  ByteScale byte_scale_;
  bool has_targets_;
  std::size_t gathered_ = 0;  // rows
  std::vector<std::uint32_t> partners_;
  float share_ = 1;
  AlignedBuffer inputs_;
  AlignedBuffer targets_;
  std::vector<std::int32_t> labels_;
  std::vector<double> weights_;
};

}  // namespace lockstep
