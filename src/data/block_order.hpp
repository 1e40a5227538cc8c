// The order of samples that stay on disk. In each epoch the blocks are dealt anew to as many streams as a batch has
// slices, so that those read together are spread over the whole file, and the samples of a stream are shuffled within a
// window of several blocks: slice s of every batch takes the next samples of stream s. A pure function of seed and
// epoch, so it is the same on any number of ranks, and a host reads only what its slices need.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/blocks.hpp"

namespace lockstep {

/// The blocks of a window where `bytes` hold two windows of each slice, at `row_bytes` a sample. Bad input, naming
/// `source`, where that is less than the steps need.
std::size_t blocks_in_window(const Blocks& blocks, std::size_t slices, std::size_t global_batch, std::uint64_t bytes,
                             std::uint64_t row_bytes, const std::string& source);

/// Some samples of one block that lie beside each other among those to train with.
struct BlockPiece {
  std::size_t block = 0;
  Range rows;  // of the block's samples to train with, counted from the first of them
};

class BlockOrder {
 public:
  /// A window has `blocks_per_window` blocks at most.
  BlockOrder(const Blocks& blocks, std::size_t slices, std::size_t global_batch, std::size_t blocks_per_window,
             std::uint64_t seed);

  [[nodiscard]] const Blocks& blocks() const { return blocks_; }
  [[nodiscard]] std::size_t slices() const { return slices_; }
  [[nodiscard]] std::size_t steps_per_epoch() const;
  /// Samples of the global batch of a step.
  [[nodiscard]] std::size_t batch_size(std::size_t step) const;

  /// Samples that a stream gives in an epoch, and those before a step.
  [[nodiscard]] std::uint64_t stream_size(std::size_t slice) const;
  [[nodiscard]] std::uint64_t taken_before(std::size_t slice, std::size_t step) const;

  /// The stretch of an epoch's stream that is shuffled together.
  struct Window {
    std::uint64_t begin = 0;           // within the stream
    std::vector<BlockPiece> pieces;    // in the order of the stream, before it is shuffled
    std::vector<std::uint32_t> order;  // of its samples, counted from the first of the first piece

    [[nodiscard]] std::uint64_t end() const { return begin + order.size(); }
  };

  /// The windows of a stream. There are none where it gives no samples.
  [[nodiscard]] std::size_t windows(std::uint64_t epoch, std::size_t slice);
  [[nodiscard]] Window window(std::uint64_t epoch, std::size_t slice, std::size_t number);
  /// The number of the window that has a sample of the stream; beyond the last, that of the last window.
  [[nodiscard]] std::size_t window_with(std::uint64_t epoch, std::size_t slice, std::uint64_t sample);

  /// The most samples that a window has.
  [[nodiscard]] std::uint64_t most_in_window() const;

 private:
  /// All blocks in about the order in which an epoch reads them.
  [[nodiscard]] std::vector<std::uint32_t> in_time_order(std::uint64_t epoch) const;
  void deal(std::uint64_t epoch);
  /// The dealt blocks, by their places, that a stream takes from.
  [[nodiscard]] Range places_of(std::size_t slice) const;

  Blocks blocks_;
  std::size_t slices_;
  std::size_t global_batch_;
  std::size_t blocks_per_window_;
  std::uint64_t seed_;
  std::vector<std::uint64_t> stream_begins_;  // of each slice in the row of all dealt blocks, and their end
  std::uint64_t epoch_ = 0;
  std::vector<std::uint32_t> dealt_;   // blocks in the order of the epoch
  std::vector<std::uint64_t> begins_;  // samples to train with in those before each
};

}  // namespace lockstep
