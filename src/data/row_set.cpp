#include "data/row_set.hpp"

#include <numeric>

namespace lockstep {

RowSet::RowSet(std::uint64_t samples, std::span<const std::uint32_t> rows) {
  if (rows.size() == samples) return;
  bits_.resize(samples / 64 + 1);
  for (const std::uint32_t row : rows) bits_[row / 64] |= std::uint64_t{1} << row % 64;
}

std::vector<std::uint32_t> RowSet::within(const Range& rows) const {
  std::vector<std::uint32_t> all;
  if (is_all()) {
    all.resize(rows.size());
    std::iota(all.begin(), all.end(), static_cast<std::uint32_t>(rows.begin));
    return all;
  }
  for (std::size_t row = rows.begin; row < rows.end; ++row)
    if (has(row)) all.push_back(static_cast<std::uint32_t>(row));
  return all;
}

std::uint64_t RowSet::count(const Range& rows) const {
  if (is_all()) return rows.size();
  std::uint64_t count = 0;
  for (std::size_t row = rows.begin; row < rows.end; ++row) count += has(row) ? 1 : 0;
  return count;
}

}  // namespace lockstep
