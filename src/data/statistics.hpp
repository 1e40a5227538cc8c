// The size and spread of columns.
#pragma once

#include <cmath>
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
  std::uint64_t numbers = 0;  // without gaps

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& mean& deviation& least& most& numbers;
  }
};

/// Of the numbers in each of `columns` columns of (samples, columns) values. NaN is a gap; a column of gaps alone has
/// zeros.
std::vector<ColumnStatistics> statistics_of(std::span<const double> values, std::size_t columns);
std::vector<ColumnStatistics> statistics_of(std::span<const float> values, std::size_t columns);
std::vector<ColumnStatistics> statistics_of(std::span<const std::uint8_t> values, std::size_t columns);

/// The middle of the numbers, or the mean of the two in the middle; 0 where there are none.
double median_of(std::vector<double> values);

/// Of the numbers of both.
ColumnStatistics merged(const ColumnStatistics& a, const ColumnStatistics& b);

/// A copy of the numbers in one of `columns` columns, without gaps.
template <class T>
std::vector<double> numbers_in(const std::vector<T>& values, std::size_t columns, std::size_t column) {
  std::vector<double> numbers;
  numbers.reserve(values.size() / columns);
  for (std::size_t i = column; i < values.size(); i += columns)
    if (const auto value = static_cast<double>(values[i]); !std::isnan(value)) numbers.push_back(value);
  return numbers;
}

/// True where a column differs by no more than what the last digits of a sum or a conversion do. `step` is that of the
/// file's type.
bool is_constant(const ColumnStatistics& statistics, double step);

}  // namespace lockstep
