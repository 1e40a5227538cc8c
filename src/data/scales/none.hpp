// Numbers as they are.
#pragma once

#include <string_view>

#include "data/scales/column_scale.hpp"

namespace lockstep {

struct NoScale {
  static constexpr std::string_view kName = "none";
  static constexpr FitsTo kFitsTo = FitsTo::statistics;

  static ColumnScale fit(const TrainColumn&) { return {}; }
  static double curve(double raw, const ColumnScale&) { return raw; }
  static double raw(double curved, const ColumnScale&) { return curved; }
};

}  // namespace lockstep
