// The medians of columns that are read part by part, as often as it takes: each pass counts how many numbers lie in
// each part of the bounds within which a median is known to be. Whole numbers add up in any order, so that it does not
// matter who counts what.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "data/statistics.hpp"

namespace lockstep {

class MedianSearch {
 public:
  /// Of columns with these statistics. One without numbers has the median 0 and is not looked for.
  explicit MedianSearch(const std::vector<ColumnStatistics>& columns);

  /// True where no pass is needed any more.
  [[nodiscard]] bool is_done() const;

  /// Counts numbers of (samples, columns) values. NaN is a gap.
  void count(std::span<const double> values);
  void count(std::span<const std::uint8_t> values);

  /// What was counted in this pass. Those of all who read parts are added up before narrow().
  [[nodiscard]] std::span<std::uint64_t> counts() { return counts_; }

  /// Ends a pass, of which all numbers have been counted.
  void narrow();

  /// The middle of the numbers of each column, or the mean of the two in the middle.
  [[nodiscard]] std::vector<double> medians() const;

 private:
  /// Of a number by its place in the order of its column.
  struct Bounds {
    std::uint64_t least = 0;  // keys of numbers, in whose order the numbers are
    std::uint64_t most = 0;
    std::uint64_t rank = 0;  // among the numbers from `least` to `most`

    [[nodiscard]] unsigned shift(std::size_t bins) const;  // from a key to its bin
    bool operator==(const Bounds&) const = default;
  };
  /// Those of the one or two numbers in the middle.
  using Middle = std::array<Bounds, 2>;

  template <class T>
  void count_values(std::span<const T> values);
  [[nodiscard]] std::span<std::uint64_t> bins_of(std::size_t column, std::size_t number);
  void narrow(Bounds& bounds, std::span<const std::uint64_t> bins) const;

  std::vector<Middle> columns_;
  std::vector<std::size_t> searched_;  // columns
  std::size_t bins_ = 0;
  std::vector<std::uint64_t> counts_;  // (columns, 2, bins)
};

}  // namespace lockstep
