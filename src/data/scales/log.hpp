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

  static ColumnScale fit(const TrainColumn& column) {
    std::vector<double> values = column.values();
    for (double& value : values) value = curve(value, {});
    return StandardScale::fit(statistics_of(values, 1).front());
  }

  static double curve(double raw, const ColumnScale&) { return std::copysign(elementary::log1p(std::abs(raw)), raw); }
  static double raw(double curved, const ColumnScale&) {
    return std::copysign(elementary::expm1(std::abs(curved)), curved);
  }
};

}  // namespace lockstep
