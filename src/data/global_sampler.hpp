// Samples in memory, in an order in which any may follow any.
#pragma once

#include <optional>
#include <vector>

#include "data/sampler.hpp"

namespace lockstep {

class GlobalSampler : public Sampler {
 public:
  GlobalSampler(std::uint32_t samples, std::size_t global_batch, std::uint64_t seed);

  [[nodiscard]] std::size_t steps_per_epoch() const override;

  Batch batch(std::uint64_t epoch, std::size_t step) override;

 private:
  std::uint32_t samples_;
  std::size_t global_batch_;
  std::uint64_t seed_;
  std::optional<std::uint64_t> epoch_;  // whose order is at hand
  std::vector<std::uint32_t> order_;
};

}  // namespace lockstep
