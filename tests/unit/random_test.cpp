// Random numbers: known answers of Philox, and what is made of its bits. tests/reference/philox_known_answers.py made
// the numbers.
#include "base/random.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

namespace lockstep {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using Words = std::vector<std::uint64_t>;

RandomSequence known_sequence() {
  return {0x0123456789ABCDEF, Purpose::sample_order, 7, 0xFEDCBA9876543210};
}

TEST(Random, IsPhilox4x64WithTenRounds) {
  RandomSequence zero(0, Purpose{0});
  for (const std::uint64_t word : Words{0x16554d9eca36314c, 0xdb20fe9d672d0fdc, 0xd7e772cee186176b, 0x7e68b68aec7ba23b})
    EXPECT_EQ(zero.next(), word);
}

TEST(Random, TakesKeyAndCounterFromWhatTheValuesAreFor) {
  RandomSequence random = known_sequence();
  for (const std::uint64_t word :
       Words{0xa49337506b2e899b, 0x071d4d7eed386093, 0x4f7c69a0a46d6e61, 0xc2e455b1d074d4c6, 0x1c00f72af16f5a20,
             0xfa96debf8e5f4528, 0xc69e174d4e444b47, 0x8ea32a77d492832c, 0x302f4eea6605160e, 0xef4f4918420adf6f})
    EXPECT_EQ(random.next(), word);
}

TEST(Random, PurposesHaveTheNumbersOfTheFormat) {
  EXPECT_THAT((std::array{Purpose::initial_weights, Purpose::sample_order, Purpose::test_split, Purpose::dropout}),
              ElementsAre(Purpose{1}, Purpose{2}, Purpose{3}, Purpose{4}));
}

TEST(Random, NextBelowIsTheHighWordOfTheProduct) {
  RandomSequence random = known_sequence();
  for (const std::uint64_t value : Words{642, 27, 310, 761}) EXPECT_EQ(random.next_below(1000), value);
}

TEST(Random, NextBelowStaysBelowAnyBound) {
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  RandomSequence random(1, Purpose::test_split);
  for (const std::uint64_t bound : {std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{7}, most / 2 + 2, most})
    for (int i = 0; i < 1000; ++i) ASSERT_LT(random.next_below(bound), bound);
}

TEST(Random, NextUniformIsTheUpper24Bits) {
  RandomSequence random = known_sequence();
  for (const float value : {10785591.0F, 466253.0F, 5209193.0F, 12772437.0F})
    EXPECT_EQ(random.next_uniform(), value * 0x1p-24F);
}

TEST(Random, NextUniformFillsTheUnitIntervalEvenly) {
  RandomSequence random(1, Purpose::dropout);
  constexpr int count = 100'000;
  double sum = 0;
  double sum_of_squares = 0;
  for (int i = 0; i < count; ++i) {
    const float value = random.next_uniform();
    ASSERT_GE(value, 0.0F);
    ASSERT_LT(value, 1.0F);
    ASSERT_EQ(value * 0x1p24F, std::floor(value * 0x1p24F));
    sum += static_cast<double>(value);
    sum_of_squares += static_cast<double>(value) * static_cast<double>(value);
  }
  EXPECT_NEAR(sum / count, 1.0 / 2, 0.004);  // four standard errors
  EXPECT_NEAR(sum_of_squares / count, 1.0 / 3, 0.004);
}

TEST(Random, PermutationIsTheShuffleFromTheEnd) {
  EXPECT_THAT(random_permutation(10, known_sequence()), ElementsAre(7, 9, 1, 3, 4, 8, 5, 2, 0, 6));
}

TEST(Random, PermutationHasEachNumberOnce) {
  EXPECT_THAT(random_permutation(0, known_sequence()), IsEmpty());
  EXPECT_THAT(random_permutation(1, known_sequence()), ElementsAre(0));
  std::vector<std::uint32_t> order = random_permutation(10'000, known_sequence());
  std::ranges::sort(order);
  for (std::uint32_t i = 0; i < order.size(); ++i) ASSERT_EQ(order[i], i);
}

TEST(Random, PermutationDependsOnAllThatItIsFor) {
  std::set<std::vector<std::uint32_t>> orders;
  for (const RandomSequence& random :
       {RandomSequence(1, Purpose::sample_order, 0), RandomSequence(1, Purpose::sample_order, 1),
        RandomSequence(1, Purpose::sample_order, 0, 1), RandomSequence(2, Purpose::sample_order, 0),
        RandomSequence(1, Purpose::test_split, 0)}) {
    EXPECT_EQ(random_permutation(100, random), random_permutation(100, random));
    orders.insert(random_permutation(100, random));
  }
  EXPECT_EQ(orders.size(), 5U);
}

TEST(Random, PermutationsAreEquallyLikely) {
  constexpr int each = 1000;
  std::map<std::vector<std::uint32_t>, int> counts;
  for (std::uint64_t epoch = 0; epoch < 24 * each; ++epoch)
    ++counts[random_permutation(4, RandomSequence(1, Purpose::sample_order, epoch))];
  ASSERT_EQ(counts.size(), 24U);
  double chi_squared = 0;
  for (const auto& [order, count] : counts) chi_squared += std::pow(count - each, 2) / each;
  EXPECT_LT(chi_squared, 49.7);  // of 23 degrees of freedom: exceeded once in a thousand
  EXPECT_GT(chi_squared, 7.5);
}

}  // namespace
}  // namespace lockstep
