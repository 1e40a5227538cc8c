// Medians that are found by counting: those of sorting.
#include "data/median_search.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "base/random.hpp"

namespace lockstep {
namespace {

const double kGap = std::nan("");

struct Found {
  std::vector<double> medians;
  std::size_t passes = 0;
};

/// Of (samples, columns) values in two parts, which two ranks count.
Found search(const std::vector<double>& values, std::size_t columns) {
  const std::size_t middle = values.size() / columns / 2 * columns;
  const auto part = [&](int rank) {
    return rank == 0 ? std::span(values).first(middle) : std::span(values).subspan(middle);
  };
  const std::vector<ColumnStatistics> statistics = statistics_of(std::span(values), columns);
  std::vector<MedianSearch> ranks(2, MedianSearch(statistics));
  Found found;
  for (; !ranks[0].is_done(); ++found.passes) {
    for (int rank = 0; rank < 2; ++rank) ranks[static_cast<std::size_t>(rank)].count(part(rank));
    std::vector<std::uint64_t> sum(ranks[0].counts().begin(), ranks[0].counts().end());
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += ranks[1].counts()[i];
    for (MedianSearch& rank : ranks) {
      std::ranges::copy(sum, rank.counts().begin());
      rank.narrow();
    }
  }
  found.medians = ranks[0].medians();
  EXPECT_EQ(ranks[1].medians(), found.medians);
  return found;
}

void expect_medians(const std::vector<double>& values, std::size_t columns) {
  const Found found = search(values, columns);
  for (std::size_t c = 0; c < columns; ++c)
    EXPECT_EQ(found.medians[c], median_of(numbers_in(values, columns, c))) << "column " << c << " of " << columns;
  EXPECT_LE(found.passes, 4U);
}

TEST(MedianSearch, FindsWhatSortingFinds) {
  RandomSequence random(1, Purpose::sample_order);
  for (const std::size_t samples : {2U, 3U, 10U, 999U}) {
    std::vector<double> values;
    for (std::size_t i = 0; i < samples; ++i) {
      const auto u = static_cast<double>(random.next_uniform());
      values.insert(values.end(),
                    {u, -std::exp(20 * u), std::floor(5 * u), (u - 0.5) * 1e-300, u < 0.3 ? kGap : 1e300 * u,
                     i % 3 == 0 ? -0.0 : 0.0, static_cast<double>(static_cast<float>(u - 0.5)) + 1.7e9});
    }
    expect_medians(values, 7);
    expect_medians(values, 1);
  }
}

TEST(MedianSearch, TakesColumnsThatAreManyOrConstantOrEmpty) {
  constexpr std::size_t kColumns = 2000;
  RandomSequence random(2, Purpose::sample_order);
  std::vector<double> values;
  for (std::size_t i = 0; i < 40 * kColumns; ++i)
    values.push_back(i % kColumns == 7   ? kGap
                     : i % kColumns == 8 ? 3
                                         : static_cast<double>(random.next_uniform()) - 0.5);
  const Found found = search(values, kColumns);
  EXPECT_EQ(found.medians[7], 0);
  EXPECT_EQ(found.medians[8], 3);
  for (std::size_t c = 0; c < kColumns; ++c)
    ASSERT_EQ(found.medians[c], median_of(numbers_in(values, kColumns, c))) << c;
  EXPECT_EQ(search({4, 4, 4}, 1).passes, 0U);
}

TEST(MedianSearch, CountsBytes) {
  const std::vector<std::uint8_t> values = {3, 0, 255, 1, 7, 9};
  MedianSearch search(statistics_of(std::span(values), 2));
  while (!search.is_done()) {
    search.count(std::span<const std::uint8_t>(values));
    search.narrow();
  }
  EXPECT_THAT(search.medians(), testing::ElementsAre(7, 1));
}

}  // namespace
}  // namespace lockstep
