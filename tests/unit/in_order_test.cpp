// Several threads at items: what is given keeps its order, and the first error in it is thrown.
#include "base/in_order.hpp"

#include <gmock/gmock.h>

#include <stdexcept>
#include <string>

namespace lockstep {
namespace {

using testing::ElementsAreArray;

/// What is given of the numbers below `count`, where numbers in these lists cannot be worked on, or be given.
std::pair<std::vector<int>, std::string> run(std::size_t helpers, int count, int fails_at_work = -1,
                                             int fails_when_given = -1) {
  std::vector<int> places(1 + helpers);
  std::vector<int> given;
  int next = 0;
  std::string error;
  const OrderedWork work = {[&](std::size_t place) {
                              places[place] = next;
                              return next++ < count;
                            },
                            [&](std::size_t place) {
                              if (places[place] >= fails_at_work && fails_at_work >= 0)
                                throw std::runtime_error("work " + std::to_string(places[place]));
                              places[place] *= 10;
                            },
                            [&](std::size_t place) {
                              if (places[place] == 10 * fails_when_given) throw std::runtime_error("given");
                              given.push_back(places[place]);
                            }};
  try {
    run_in_order(Helpers(helpers), work);
  } catch (const std::runtime_error& caught) {
    error = caught.what();
  }
  return {given, error};
}

std::vector<int> tens_below(int count) {
  std::vector<int> numbers;
  for (int i = 0; i < count; ++i) numbers.push_back(10 * i);
  return numbers;
}

TEST(InOrderTest, GivesAllInOrder) {
  for (const std::size_t helpers : {0U, 1U, 3U}) {
    for (const int count : {0, 1, 1000}) EXPECT_THAT(run(helpers, count).first, ElementsAreArray(tens_below(count)));
  }
}

TEST(InOrderTest, ThrowsTheFirstErrorAfterWhatComesBefore) {
  for (const std::size_t helpers : {0U, 1U, 3U}) {
    EXPECT_EQ(run(helpers, 1000, 40), (std::pair(tens_below(40), std::string("work 40")))) << helpers;
    EXPECT_EQ(run(helpers, 1000, 41, 40), (std::pair(tens_below(40), std::string("given")))) << helpers;
    EXPECT_EQ(run(helpers, 1000, 40, 41), (std::pair(tens_below(40), std::string("work 40")))) << helpers;
  }
}

}  // namespace
}  // namespace lockstep
