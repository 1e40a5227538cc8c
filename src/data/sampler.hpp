// Which samples make up a step.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/partition.hpp"

namespace lockstep {

/// The batches of an epoch, of which the last may be smaller.
constexpr std::uint64_t steps_in_epoch(std::uint64_t samples, std::uint64_t global_batch) {
  return (samples + global_batch - 1) / global_batch;
}

/// The samples of one step, or those of them that this rank needs.
struct Batch {
  /// All of a batch, of a data set that is in memory.
  Batch(std::span<const std::uint32_t> all)  // NOLINT(google-explicit-constructor): samples in memory are a batch
      : size(all.size()), rows{0, all.size()}, numbers(all), places(all) {}
  /// The `own_rows` of a batch of `all` samples.
  Batch(std::size_t all, const Range& own_rows, std::span<const std::uint32_t> own_numbers,
        std::span<const std::uint32_t> own_places)
      : size(all), rows(own_rows), numbers(own_numbers), places(own_places) {}

  std::size_t size;                        // of the global batch
  Range rows;                              // of it that are here
  std::span<const std::uint32_t> numbers;  // of these samples in their data set: what is random depends on them
  std::span<const std::uint32_t> places;   // of the same in the arrays of a PreparedDataset

  [[nodiscard]] std::span<const std::uint32_t> numbers_of(const Range& part) const {
    return numbers.subspan(part.begin - rows.begin, part.size());
  }
  [[nodiscard]] std::span<const std::uint32_t> places_of(const Range& part) const {
    return places.subspan(part.begin - rows.begin, part.size());
  }
};

/// The global batches of every epoch. The order of samples in an epoch is a pure function of (seed, epoch); each sample
/// is used once, and the last batch of an epoch may be smaller.
class Sampler {
 public:
  Sampler() = default;
  virtual ~Sampler() = default;
  Sampler(const Sampler&) = delete;
  Sampler& operator=(const Sampler&) = delete;

  [[nodiscard]] virtual std::size_t steps_per_epoch() const = 0;

  /// The samples of step `step` of epoch `epoch`, both counted from zero. Valid until the next call.
  virtual Batch batch(std::uint64_t epoch, std::size_t step) = 0;
};

}  // namespace lockstep
