#include "data/median_search.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "base/error.hpp"

namespace lockstep {

namespace {

constexpr std::uint64_t kSign = std::uint64_t{1} << 63U;
constexpr std::size_t kMostCounts = 1U << 21U;  // 16 MiB

/// Whole numbers in the order of all numbers, of which -0 is 0.
std::uint64_t key_of(double number) {
  const auto bits = std::bit_cast<std::uint64_t>(number + 0.0);
  return (bits & kSign) != 0 ? ~bits : bits | kSign;
}

double number_of(std::uint64_t key) {
  return std::bit_cast<double>((key & kSign) != 0 ? key & ~kSign : ~key);
}

}  // namespace

unsigned MedianSearch::Bounds::shift(std::size_t bins) const {
  const auto bits_of_bin = static_cast<int>(std::bit_width(bins)) - 1;
  return static_cast<unsigned>(std::max(0, static_cast<int>(std::bit_width(most - least)) - bits_of_bin));
}

MedianSearch::MedianSearch(const std::vector<ColumnStatistics>& columns) {
  for (const ColumnStatistics& column : columns) {
    const Bounds bounds{key_of(column.least), key_of(column.most), 0};
    columns_.push_back({bounds, bounds});
    if (column.numbers == 0) continue;
    columns_.back()[0].rank = (column.numbers - 1) / 2;
    columns_.back()[1].rank = column.numbers / 2;
    searched_.push_back(columns_.size() - 1);
  }
  constexpr std::size_t kLeastBins = 16;
  constexpr std::size_t kMostBins = 1U << 16U;
  bins_ =
      std::bit_floor(std::clamp(kMostCounts / (2 * std::max<std::size_t>(1, columns.size())), kLeastBins, kMostBins));
  counts_.resize(2 * columns.size() * bins_);
}

bool MedianSearch::is_done() const {
  return std::ranges::all_of(searched_, [this](std::size_t c) {
    return std::ranges::all_of(columns_[c], [](const Bounds& bounds) { return bounds.least == bounds.most; });
  });
}

void MedianSearch::count(std::span<const double> values) {
  count_values(values);
}

void MedianSearch::count(std::span<const std::uint8_t> values) {
  count_values(values);
}

template <class T>
void MedianSearch::count_values(std::span<const T> values) {
  for (const std::size_t c : searched_) {
    for (std::size_t number = 0; number < 2; ++number) {
      const Bounds& bounds = columns_[c][number];
      if (number == 1 && columns_[c][0].least == bounds.least) break;  // the same bins
      const unsigned shift = bounds.shift(bins_);
      const std::span<std::uint64_t> bins = bins_of(c, number);
      for (std::size_t i = c; i < values.size(); i += columns_.size()) {
        const auto value = static_cast<double>(values[i]);
        if (std::isnan(value)) continue;
        const std::uint64_t key = key_of(value);
        if (key >= bounds.least && key <= bounds.most) ++bins[(key - bounds.least) >> shift];
      }
    }
  }
}

void MedianSearch::narrow() {
  for (const std::size_t c : searched_) {
    auto& [first, second] = columns_[c];
    narrow(second, bins_of(c, first.least == second.least ? 0 : 1));
    narrow(first, bins_of(c, 0));
  }
  std::ranges::fill(counts_, 0);
}

void MedianSearch::narrow(Bounds& bounds, std::span<const std::uint64_t> bins) const {
  const unsigned shift = bounds.shift(bins_);
  std::size_t bin = 0;
  for (; bin < bins.size() && bounds.rank >= bins[bin]; ++bin) bounds.rank -= bins[bin];
  invariant(bin < bins.size(), "all numbers of a column are counted");
  bounds.least += std::uint64_t{bin} << shift;
  bounds.most = std::min(bounds.most, bounds.least + (std::uint64_t{1} << shift) - 1);
}

std::span<std::uint64_t> MedianSearch::bins_of(std::size_t column, std::size_t number) {
  return std::span(counts_).subspan((2 * column + number) * bins_, bins_);
}

std::vector<double> MedianSearch::medians() const {
  std::vector<double> medians;
  for (const auto& [first, second] : columns_) {
    const double lower = number_of(first.least);
    medians.push_back(lower + (number_of(second.least) - lower) / 2);
  }
  return medians;
}

}  // namespace lockstep
