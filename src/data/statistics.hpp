// The size and spread of columns.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace lockstep {

/// Of one column over the training samples.
struct ColumnStatistics {
  double mean = 0;
  double deviation = 0;
  double least = 0;
  double most = 0;
};

/// Of each of `columns` columns of (samples, columns) values.
std::vector<ColumnStatistics> statistics_of(std::span<const double> values, std::size_t columns);
std::vector<ColumnStatistics> statistics_of(std::span<const std::uint8_t> values, std::size_t columns);

/// True where a column differs by no more than what the last digits of a sum or a conversion do. `step` is that of the
/// file's type.
bool is_constant(const ColumnStatistics& statistics, double step);

}  // namespace lockstep
