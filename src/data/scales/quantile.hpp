// To a normal distribution, by the order of the training samples, as scikit-learn's QuantileTransformer does with
// output_distribution="normal", n_quantiles=min(1000, samples) and subsample=None.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>

#include "data/scales/column_scale.hpp"
#include "tensor/elementary_double.hpp"

namespace lockstep {

struct QuantileScale {
  static constexpr std::string_view kName = "quantile";
  static constexpr FitsTo kFitsTo = FitsTo::values;

  /// The part of a normal distribution below the least sample, which would be minus infinity without it.
  static constexpr double kLeastPart = 1e-7 - std::numeric_limits<double>::epsilon();

  static ColumnScale fit(const TrainColumn& column) {
    std::vector<double> values = column.values();
    std::ranges::sort(values);
    // Of some values alone, the ends are those of all.
    values.front() = std::min(values.front(), column.statistics.least);
    values.back() = std::max(values.back(), column.statistics.most);
    const std::size_t count = std::min(kMostQuantiles, column.samples);
    const auto last = static_cast<double>(values.size() - 1);
    ColumnScale result;
    double quantile = values.front();
    for (std::size_t i = 0; i < count; ++i) {
      const double part = static_cast<double>(i) / static_cast<double>(count - 1);
      quantile = std::max(quantile, at_place(values, last * part));  // which rounding could have made less
      result.quantiles.push_back(quantile);
    }
    return result;
  }

  /// What lies beyond the training samples is taken for the least or the largest of them.
  static double curve(double raw, const ColumnScale& scale) {
    const std::vector<double>& quantiles = scale.quantiles;
    if (raw <= quantiles.front()) return elementary::normal_quantile(kLeastPart);
    if (raw >= quantiles.back()) return elementary::normal_quantile(1 - kLeastPart);
    const auto [first, end] = std::ranges::equal_range(quantiles, raw);
    const auto before = static_cast<std::size_t>(first - quantiles.begin());
    const auto after = static_cast<std::size_t>(end - quantiles.begin());
    // What several quantiles are equal to is in their middle.
    const double place = first == end ? place_above(quantiles, before - 1, raw)
                                      : 0.5 * (static_cast<double>(before) + static_cast<double>(after - 1));
    const double part = place / static_cast<double>(quantiles.size() - 1);
    return elementary::normal_quantile(std::clamp(part, kLeastPart, 1 - kLeastPart));
  }

  static double raw(double curved, const ColumnScale& scale) {
    const double part = elementary::normal_cdf(curved);
    if (std::isnan(part)) return part;
    if (part <= kLeastPart) return scale.quantiles.front();
    if (part >= 1 - kLeastPart) return scale.quantiles.back();
    return at_place(scale.quantiles, part * static_cast<double>(scale.quantiles.size() - 1));
  }

 private:
  static constexpr std::size_t kMostQuantiles = 1000;

  /// The number at a place between the elements of an ascending list.
  static double at_place(const std::vector<double>& values, double place) {
    const std::size_t below = std::min(static_cast<std::size_t>(place), values.size() - 1);
    const std::size_t above = std::min(below + 1, values.size() - 1);
    const double t = place - static_cast<double>(below);
    return values[below] == values[above] ? values[below] : values[below] * (1 - t) + values[above] * t;
  }

  /// The place of a number between the elements i and i + 1.
  static double place_above(const std::vector<double>& values, std::size_t i, double number) {
    return static_cast<double>(i) + (number - values[i]) / (values[i + 1] - values[i]);
  }
};

}  // namespace lockstep
