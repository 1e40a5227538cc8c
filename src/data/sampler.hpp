// Which samples make up a step.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace lockstep {

/// The batches of an epoch, of which the last may be smaller.
constexpr std::uint64_t steps_in_epoch(std::uint64_t samples, std::uint64_t global_batch) {
  return (samples + global_batch - 1) / global_batch;
}

/// The global batches of every epoch. The order of samples in an epoch is a pure function of (seed, epoch); each sample
/// is used once, and the last batch of an epoch may be smaller.
class Sampler {
 public:
  Sampler(std::uint32_t samples, std::size_t global_batch, std::uint64_t seed);

  [[nodiscard]] std::size_t steps_per_epoch() const;

  /// The samples of step `step` of epoch `epoch`, both counted from zero. Valid until another epoch is asked for.
  std::span<const std::uint32_t> batch(std::uint64_t epoch, std::size_t step);

 private:
  std::uint32_t samples_;
  std::size_t global_batch_;
  std::uint64_t seed_;
  std::optional<std::uint64_t> epoch_;  // whose order is at hand
  std::vector<std::uint32_t> order_;
};

}  // namespace lockstep
