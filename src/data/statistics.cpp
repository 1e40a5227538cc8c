#include "data/statistics.hpp"

#include <algorithm>
#include <cmath>

namespace lockstep {

namespace {

/// In two passes. Distances are taken from the first number and then from the mean, so that large numbers with a small
/// spread keep their digits, and are squared as parts of the largest, so that none overflows.
template <class Real>
std::vector<ColumnStatistics> statistics_of_reals(std::span<const Real> values, std::size_t columns) {
  const std::size_t rows = values.size() / columns;
  const auto for_each = [&](auto&& use) {
    for (std::size_t row = 0; row < rows; ++row)
      for (std::size_t c = 0; c < columns; ++c)
        if (const auto value = static_cast<double>(values[row * columns + c]); !std::isnan(value)) use(c, value);
  };
  std::vector<ColumnStatistics> statistics(columns);
  std::vector<double> first(columns);
  std::vector<double> counts(columns);
  for_each([&](std::size_t c, double value) {
    ColumnStatistics& of = statistics[c];
    if (counts[c] == 0) of.least = of.most = first[c] = value;
    counts[c] += 1;
    of.mean += value - first[c];
    of.least = std::min(of.least, value);
    of.most = std::max(of.most, value);
    ++of.numbers;
  });
  for (double& count : counts) count = std::max(count, 1.0);
  for (std::size_t c = 0; c < columns; ++c) statistics[c].mean = first[c] + statistics[c].mean / counts[c];

  std::vector<double> unit;  // the largest distance
  for (const ColumnStatistics& of : statistics) unit.push_back(std::max(of.most - of.mean, of.mean - of.least));
  std::vector<double> sums(columns);
  std::vector<double> squares(columns);
  for_each([&](std::size_t c, double value) {
    if (unit[c] == 0) return;
    const double distance = (value - statistics[c].mean) / unit[c];
    sums[c] += distance;  // what rounding has left of the mean
    squares[c] += distance * distance;
  });
  for (std::size_t c = 0; c < columns; ++c) {
    statistics[c].mean += unit[c] * (sums[c] / counts[c]);
    statistics[c].deviation = unit[c] * std::sqrt((squares[c] - sums[c] * sums[c] / counts[c]) / counts[c]);
  }
  return statistics;
}

}  // namespace

std::vector<ColumnStatistics> statistics_of(std::span<const double> values, std::size_t columns) {
  return statistics_of_reals(values, columns);
}

std::vector<ColumnStatistics> statistics_of(std::span<const float> values, std::size_t columns) {
  return statistics_of_reals(values, columns);
}

/// It is enough to count how often each byte occurs.
std::vector<ColumnStatistics> statistics_of(std::span<const std::uint8_t> values, std::size_t columns) {
  constexpr std::size_t kValues = 256;
  const std::size_t samples = values.size() / columns;
  const auto rows = static_cast<double>(samples);
  std::vector<std::uint32_t> counts(columns * kValues);
  for (auto row = values.begin(); row != values.end(); row += static_cast<std::ptrdiff_t>(columns))
    for (std::size_t c = 0; c < columns; ++c) ++counts[c * kValues + row[static_cast<std::ptrdiff_t>(c)]];
  std::vector<ColumnStatistics> statistics;
  for (std::size_t c = 0; c < columns; ++c) {
    const auto of_column = std::span(counts).subspan(c * kValues, kValues);
    const auto mean_of = [&](auto&& of_value) {
      double result = 0;
      for (std::size_t value = 0; value < kValues; ++value)
        result += of_column[value] * of_value(static_cast<double>(value));
      return result / rows;
    };
    const auto occurs = [](std::uint32_t count) { return count > 0; };
    const double mean = mean_of([](double value) { return value; });
    const double variance = mean_of([mean](double value) { return (value - mean) * (value - mean); });
    const auto least = std::find_if(of_column.begin(), of_column.end(), occurs) - of_column.begin();
    const auto above = std::find_if(of_column.rbegin(), of_column.rend(), occurs).base() - of_column.begin();
    statistics.push_back(
        {mean, std::sqrt(variance), static_cast<double>(least), static_cast<double>(above - 1), samples});
  }
  return statistics;
}

double median_of(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto upper = values.begin() + std::ssize(values) / 2;
  std::ranges::nth_element(values, upper);
  if (values.size() % 2 == 1) return *upper;
  const double lower = *std::max_element(values.begin(), upper);
  return lower + (*upper - lower) / 2;
}

/// Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances", 1979, in parts
/// of the largest distance, so that no square overflows.
ColumnStatistics merged(const ColumnStatistics& a, const ColumnStatistics& b) {
  if (a.numbers == 0) return b;
  if (b.numbers == 0) return a;
  const auto all = static_cast<double>(a.numbers + b.numbers);
  const double part = static_cast<double>(b.numbers) / all;
  const double distance = b.mean - a.mean;
  const double unit = std::max({std::abs(distance), a.deviation, b.deviation});
  ColumnStatistics result{a.mean + distance * part, 0, std::min(a.least, b.least), std::max(a.most, b.most),
                          a.numbers + b.numbers};
  if (unit == 0) return result;
  const auto square = [unit](double value) { return (value / unit) * (value / unit); };
  result.deviation = unit * std::sqrt((1 - part) * square(a.deviation) + part * square(b.deviation) +
                                      part * (1 - part) * square(distance));
  return result;
}

bool is_constant(const ColumnStatistics& statistics, double step) {
  constexpr double kSteps = 8;
  const double magnitude = std::max(std::abs(statistics.least), std::abs(statistics.most));
  return statistics.most - statistics.least <= kSteps * step * magnitude;
}

}  // namespace lockstep
