// The plan of messages between hosts: played through for all hosts at once, it gives each of them the tree's sum.
#include "comm/tree_plan.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <map>
#include <string>

namespace lockstep {
namespace {

using Values = std::map<std::size_t, std::string>;  // element -> how it was summed

std::string formula(const Range& node) {
  if (node.size() == 1) return std::to_string(node.begin);
  return fmt::format("({}+{})", formula(left_child(node)), formula(right_child(node)));
}

/// The sum over `node` of what is known of the nodes `below` it.
std::string sum_of(const Range& node, const std::vector<Range>& below,
                   const std::map<std::size_t, std::string>& values) {
  if (std::ranges::find(below, node) != below.end()) return values.at(node.begin);
  return fmt::format("({}+{})", sum_of(left_child(node), below, values), sum_of(right_child(node), below, values));
}

struct Case {
  std::size_t hosts;
  std::size_t leaves;
  std::size_t elements;
  std::size_t least;
};

class TreePlans : public testing::TestWithParam<Case> {
 protected:
  std::vector<Range> owned_;  // by each host

  void SetUp() override {
    for (std::size_t host = 0; host < GetParam().hosts; ++host)
      owned_.push_back(part_of(GetParam().leaves, GetParam().hosts, host));
  }
};

TEST_P(TreePlans, GivesEveryHostTheSumInTreeOrder) {
  const auto [hosts, leaves, elements, least] = GetParam();
  const TreePlan plan(owned_, {0, elements}, least);

  std::vector<std::map<std::size_t, std::map<std::size_t, Values>>> has(hosts);  // host, node's begin and end
  const auto at = [&](int host, const Range& node) -> Values& {
    return has[static_cast<std::size_t>(host)][node.begin][node.end];
  };
  for (std::size_t host = 0; host < hosts; ++host)
    for (const Range& node : maximal_nodes({0, leaves}, owned_[host]))
      for (std::size_t i = 0; i < elements; ++i) at(static_cast<int>(host), node)[i] = formula(node);

  for (const auto& round : plan.merges) {
    const auto before = has;
    for (const TreePlan::Merge& merge : round)
      for (const TreePlan::Part& part : merge.parts) {
        EXPECT_THAT(part.holders, testing::Contains(part.keeper));
        ASSERT_EQ(part.holders.size(), merge.below.size());
        for (std::size_t i = part.range.begin; i < part.range.end; ++i) {
          std::map<std::size_t, std::string> below;  // first leaf of a node -> its value
          for (std::size_t k = 0; k < merge.below.size(); ++k) {
            const Range& child = merge.below[k];
            below[child.begin] =
                before.at(static_cast<std::size_t>(part.holders[k])).at(child.begin).at(child.end).at(i);
          }
          at(part.keeper, merge.node)[i] = sum_of(merge.node, merge.below, below);
        }
      }
  }
  const Range root{0, leaves};
  for (const auto& round : plan.returns) {
    const auto before = has;
    for (const TreePlan::Return& part : round)
      for (std::size_t i = part.range.begin; i < part.range.end; ++i) {
        EXPECT_FALSE(at(part.to, root).contains(i)) << "host " << part.to << " gets element " << i << " twice";
        at(part.to, root)[i] = before.at(static_cast<std::size_t>(part.from)).at(0).at(leaves).at(i);
      }
  }
  const std::string expected = formula(root);
  for (std::size_t host = 0; host < hosts; ++host) {
    const Values& sum = at(static_cast<int>(host), root);
    EXPECT_EQ(sum.size(), elements) << "host " << host;
    for (const auto& [element, value] : sum) ASSERT_EQ(value, expected) << "host " << host << ", element " << element;
  }
}

TEST_P(TreePlans, TakesFewRoundsAndMessagesAndCutsTheVectorFairly) {
  const auto [hosts, leaves, elements, least] = GetParam();
  const TreePlan plan(owned_, {0, elements}, least);
  EXPECT_LE(plan.merges.size(), static_cast<std::size_t>(std::bit_width(leaves) + 1) / 2);
  EXPECT_LE(plan.returns.size(), plan.merges.size() + 1);  // one more for hosts without leaves
  if (hosts != leaves || !std::has_single_bit(hosts) || elements < 1000) return;
  std::vector<std::size_t> messages(hosts);
  std::vector<std::size_t> sent(hosts);
  for (const auto& round : plan.merges)
    for (const TreePlan::Merge& merge : round)
      for (const TreePlan::Part& part : merge.parts) {
        for (const int holder : part.holders) {
          if (holder == part.keeper) continue;
          ++messages[static_cast<std::size_t>(holder)];
          sent[static_cast<std::size_t>(holder)] += part.range.size();
        }
      }
  for (std::size_t host = 0; host < hosts; ++host) {
    const auto levels = static_cast<std::size_t>(std::bit_width(hosts) - 1);
    EXPECT_EQ(messages[host], levels / 2 * 3 + levels % 2);
    const auto least_volume = static_cast<double>(elements - elements / hosts);
    EXPECT_NEAR(static_cast<double>(sent[host]), least_volume, 0.2 * least_volume);
  }
}

/// What the host that sends the most sends, in whole vectors.
double most_sent(std::size_t hosts, std::size_t leaves) {
  constexpr std::size_t kElements = 6 << 12;
  std::vector<Range> owned;
  for (std::size_t host = 0; host < hosts; ++host) owned.push_back(part_of(leaves, hosts, host));
  return static_cast<double>(TreePlan(owned, {0, kElements}, 1).most_sent()) / kElements;
}

TEST(TreePlan, SendsTheLeastWhereEachHostOwnsANode) {
  EXPECT_EQ(most_sent(1, 8), 0);
  EXPECT_NEAR(most_sent(2, 8), 1, 1e-2);
  EXPECT_NEAR(most_sent(4, 8), 1.5, 1e-2);
  EXPECT_NEAR(most_sent(3, 3), 4.0 / 3, 1e-2);
  EXPECT_NEAR(most_sent(3, 12), 4.0 / 3, 1e-2);
  // The middle one of three has parts of two nodes, and neither is a sum of what others need.
  EXPECT_GE(most_sent(3, 8), 2);
}

INSTANTIATE_TEST_SUITE_P(Hosts, TreePlans,
                         testing::Values(Case{1, 8, 10, 1}, Case{2, 2, 1000, 1}, Case{2, 8, 1, 1}, Case{3, 8, 1000, 1},
                                         Case{3, 3, 1000, 16}, Case{4, 4, 4096, 16}, Case{5, 8, 333, 1},
                                         Case{7, 11, 100, 64}, Case{8, 8, 4096, 16}, Case{13, 100, 500, 8},
                                         Case{16, 16, 0, 1}, Case{64, 64, 200, 1000}, Case{33, 64, 300, 1},
                                         Case{4, 2, 10, 1}, Case{3, 1, 5, 1}, Case{1, 1, 5, 1}, Case{9, 5, 3, 3}));

}  // namespace
}  // namespace lockstep
