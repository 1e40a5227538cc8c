#include "data/global_sampler.hpp"

#include <algorithm>

#include "base/random.hpp"

namespace lockstep {

GlobalSampler::GlobalSampler(std::uint32_t samples, std::size_t global_batch, std::uint64_t seed)
    : samples_(samples), global_batch_(global_batch), seed_(seed) {}

std::size_t GlobalSampler::steps_per_epoch() const {
  return steps_in_epoch(samples_, global_batch_);
}

Batch GlobalSampler::batch(std::uint64_t epoch, std::size_t step) {
  if (epoch_ != epoch) {
    order_ = random_permutation(samples_, RandomSequence(seed_, Purpose::sample_order, epoch));
    epoch_ = epoch;
  }
  const std::size_t begin = step * global_batch_;
  return std::span<const std::uint32_t>(order_).subspan(begin, std::min(global_batch_, order_.size() - begin));
}

}  // namespace lockstep
