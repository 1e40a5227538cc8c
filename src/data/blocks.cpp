#include "data/blocks.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/random.hpp"

namespace lockstep {

namespace {

std::uint64_t nearest_part(std::uint64_t samples, double fraction) {
  return static_cast<std::uint64_t>(std::llround(static_cast<double>(samples) * fraction));
}

}  // namespace

std::vector<std::uint32_t> counted_from(std::uint64_t first, std::vector<std::uint32_t> numbers) {
  for (std::uint32_t& number : numbers) number -= static_cast<std::uint32_t>(first);
  return numbers;
}

Blocks::Blocks(std::uint64_t samples, std::uint64_t size, double test_fraction, double validation_fraction,
               std::uint64_t seed)
    : samples_(samples),
      size_(size),
      test_(test_fraction),
      held_(test_fraction + (1 - test_fraction) * validation_fraction),
      seed_(seed) {}

Range Blocks::rows_of(std::size_t block) const {
  return {block * size_, std::min((block + 1) * size_, samples_)};
}

std::uint64_t Blocks::test_before(std::size_t block) const {
  return nearest_part(std::min(block * size_, samples_), test_);
}

std::uint64_t Blocks::held_before(std::size_t block) const {
  return nearest_part(std::min(block * size_, samples_), held_);
}

std::uint64_t Blocks::train_rows(std::size_t block) const {
  return rows_of(block).size() - (held_before(block + 1) - held_before(block));
}

std::uint64_t Blocks::least_train_rows() const {
  const auto held = static_cast<std::uint64_t>(std::ceil(static_cast<double>(size_) * held_)) + (held_ > 0 ? 1 : 0);
  return size_ - std::min(size_, held);
}

BlockParts Blocks::parts_of(std::size_t block) const {
  const Range rows = rows_of(block);
  BlockParts parts;
  if (!hold_back()) {
    parts.train.resize(rows.size());
    std::iota(parts.train.begin(), parts.train.end(), static_cast<std::uint32_t>(rows.begin));
    return parts;
  }
  const std::uint64_t tests = test_before(block + 1) - test_before(block);
  const std::uint64_t held = held_before(block + 1) - held_before(block);
  std::vector<std::uint32_t> order =
      random_permutation(static_cast<std::uint32_t>(rows.size()), RandomSequence(seed_, Purpose::block_split, block));
  for (std::size_t i = 0; i < order.size(); ++i) {
    std::vector<std::uint32_t>& part = i < tests ? parts.test : i < held ? parts.validation : parts.train;
    part.push_back(static_cast<std::uint32_t>(rows.begin) + order[i]);
  }
  for (std::vector<std::uint32_t>* part : {&parts.train, &parts.test, &parts.validation}) std::ranges::sort(*part);
  return parts;
}

}  // namespace lockstep
