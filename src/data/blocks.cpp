#include "data/blocks.hpp"

#include <algorithm>
#include <numeric>

namespace lockstep {

Blocks::Blocks(std::uint64_t samples, std::uint64_t size, std::shared_ptr<const RowSet> train)
    : samples_(samples), size_(size), train_(std::move(train)), begins_(1, 0) {
  for (std::size_t block = 0; block * size_ < samples_; ++block)
    begins_.push_back(begins_.back() + train_->count(rows_of(block)));
}

Range Blocks::rows_of(std::size_t block) const {
  return {block * size_, std::min((block + 1) * size_, samples_)};
}

std::vector<std::uint64_t> Blocks::fewest_train_rows() const {
  std::vector<std::uint64_t> fewest(count());
  for (std::size_t block = 0; block < count(); ++block) fewest[block] = train_rows(block);
  std::ranges::sort(fewest);
  std::partial_sum(fewest.begin(), fewest.end(), fewest.begin());
  fewest.insert(fewest.begin(), 0);
  return fewest;
}

}  // namespace lockstep
