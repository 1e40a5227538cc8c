// The logarithm of 1 and the size, with the sign, to mean 0 and deviation 1: for counts, prices and energies that range
// over orders of magnitude, 0 and negative numbers among them.
#pragma once

#include <cmath>
#include <string_view>

#include "data/scales/standard.hpp"
#include "tensor/elementary_double.hpp"

namespace lockstep {

struct LogScale {
  static constexpr std::string_view kName = "log";
  static constexpr FitsTo kFitsTo = FitsTo::logs;

  static ColumnScale fit(const TrainColumn& column) { return StandardScale::fit(column.logs()); }

  /// Of the curve of (samples, columns) values.
  static std::vector<ColumnStatistics> statistics(std::vector<double> values, std::size_t columns) {
    for (double& value : values) value = curve(value, {});
    return statistics_of(std::span<const double>(values), columns);
  }

  static double curve(double raw, const ColumnScale&) { return std::copysign(elementary::log1p(std::abs(raw)), raw); }
  static double raw(double curved, const ColumnScale&) {
    return std::copysign(elementary::expm1(std::abs(curved)), curved);
  }
};

}  // namespace lockstep
