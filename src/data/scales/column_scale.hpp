// The scale of one column, as a kind of scale has fitted it to the training samples.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "data/statistics.hpp"

namespace lockstep {

/// One of the kinds of data/scales/list.hpp, by its place there.
enum class Scale : std::uint8_t {};

/// scaled = (curve(raw) - shift) * scale, in float64, where the kind says the curve.
struct ColumnScale {
  Scale kind{};
  double shift = 0;
  double scale = 1;               // 0: constant in the training samples
  std::vector<double> quantiles;  // of "quantile": ascending raw values, at equal steps from the least to the largest

  bool operator==(const ColumnScale&) const = default;

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& kind& shift& scale& quantiles;
  }
};

/// A scale without a curve.
inline ColumnScale linear_scale(double shift, double scale) {
  ColumnScale result;
  result.shift = shift;
  result.scale = scale;
  return result;
}

/// A column of the training samples. What takes more than its statistics is found when it is asked for.
struct TrainColumn {
  ColumnStatistics statistics;
  std::size_t samples = 0;                      // with gaps
  std::function<ColumnStatistics()> logs;       // of sign(x) log(1 + |x|) for each number x
  std::function<double()> median;               // of its numbers; 0 where there are none
  std::function<std::vector<double>()> values;  // a copy of its numbers, without gaps; of a file on disk, of some
};

/// Which of these a kind is fitted to.
enum class FitsTo : std::uint8_t { statistics, logs, values };

}  // namespace lockstep
