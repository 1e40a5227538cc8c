// To mean 0 and deviation 1.
#pragma once

#include <cmath>
#include <string_view>

#include "data/scales/none.hpp"

namespace lockstep {

struct StandardScale : NoScale {
  static constexpr std::string_view kName = "standard";

  static ColumnScale fit(const TrainColumn& column) { return fit(column.statistics); }

  static ColumnScale fit(const ColumnStatistics& statistics) {
    const double scale = 1 / statistics.deviation;
    return linear_scale(statistics.mean, std::isfinite(scale) ? scale : 0.0);
  }
};

}  // namespace lockstep
