// To 0 for the least and 1 for the largest of the training samples.
#pragma once

#include <cmath>
#include <string_view>

#include "data/scales/none.hpp"

namespace lockstep {

struct MinMaxScale : NoScale {
  static constexpr std::string_view kName = "minmax";

  static ColumnScale fit(const TrainColumn& column) {
    const double scale = 1 / (column.statistics.most - column.statistics.least);
    return linear_scale(column.statistics.least, std::isfinite(scale) ? scale : 0.0);
  }
};

}  // namespace lockstep
