#include "comm/tree_plan.hpp"

#include <algorithm>
#include <ranges>

#include "tensor/aligned_buffer.hpp"

namespace lockstep {

namespace {

struct Piece {
  Range range;
  int holder;
};

/// A node's value: the pieces that make up the vector, in order.
struct Value {
  std::vector<Piece> pieces;
  std::size_t hosts = 1;  // below the node
  std::size_t round = 0;  // the first in which others can use it
};

/// Where a host's share of `range` ends, of which the left child's hosts keep as much as they are many.
std::size_t cut(const Range& range, std::size_t left_hosts, std::size_t right_hosts, std::size_t least) {
  if (range.size() < 2 * least) return left_hosts >= right_hosts ? range.end : range.begin;
  const std::size_t kept = range.size() * left_hosts / (left_hosts + right_hosts);
  return range.begin + std::min(range.size(), aligned(kept));
}

class Planner {
 public:
  Planner(TreePlan& plan, std::span<const Range> owned, const Range& elements, std::size_t least)
      : plan_(plan), owned_(owned), elements_(elements), least_(least) {}

  Value value_of(const Range& node) {
    for (std::size_t host = 0; host < owned_.size(); ++host)
      if (owned_[host].contains(node)) return {{{elements_, static_cast<int>(host)}}};
    const Value left = value_of(left_child(node));
    const Value right = value_of(right_child(node));
    Value sum{{}, left.hosts + right.hosts, std::max(left.round, right.round) + 1};
    TreePlan::Merge merge{node, {}};
    const auto keep = [&](const Range& range, const Piece& l, const Piece& r, int keeper) {
      if (range.size() == 0) return;
      merge.parts.push_back({range, l.holder, r.holder, keeper});
      sum.pieces.push_back({range, keeper});
    };
    for (auto l = left.pieces.begin(), r = right.pieces.begin(); l != left.pieces.end() && r != right.pieces.end();) {
      const Range range{std::max(l->range.begin, r->range.begin), std::min(l->range.end, r->range.end)};
      const std::size_t middle = l->holder == r->holder ? range.end : cut(range, left.hosts, right.hosts, least_);
      keep({range.begin, middle}, *l, *r, l->holder);
      keep({middle, range.end}, *l, *r, r->holder);
      if (l->range.end == range.end) ++l;
      if (r->range.end == range.end) ++r;
    }
    plan_.merges.resize(std::max(plan_.merges.size(), sum.round));
    plan_.merges[sum.round - 1].push_back(std::move(merge));
    return sum;
  }

  /// The way back, from the root on: whoever gave a part away gets it back, unless it has it by then.
  void plan_returns(const Value& sum) {
    std::vector<std::vector<Range>> has(owned_.size());
    for (const Piece& piece : sum.pieces) has[static_cast<std::size_t>(piece.holder)].push_back(piece.range);
    for (const auto& round : std::views::reverse(plan_.merges)) {
      plan_.returns.emplace_back();
      for (const TreePlan::Merge& merge : round)
        for (const TreePlan::Part& part : merge.parts) {
          const int giver = part.keeper == part.left ? part.right : part.left;
          std::vector<Range>& there = has[static_cast<std::size_t>(giver)];
          for (const Range& range : missing(part.range, there)) {
            plan_.returns.back().push_back({range, part.keeper, giver});
            there.push_back(range);
          }
        }
    }
    // Who owns no leaf has given nothing, and gets all.
    std::vector<TreePlan::Return> rest;
    for (std::size_t host = 0; host < has.size(); ++host)
      for (const Range& range : missing(elements_, has[host]))
        rest.push_back({range, sum.pieces.front().holder, static_cast<int>(host)});
    if (!rest.empty()) plan_.returns.push_back(std::move(rest));
  }

 private:
  static std::vector<Range> missing(const Range& wanted, std::vector<Range> there) {
    std::ranges::sort(there, {}, &Range::begin);
    std::vector<Range> missing;
    std::size_t next = wanted.begin;
    for (const Range& range : there) {
      if (range.begin > next && next < wanted.end) missing.push_back({next, std::min(range.begin, wanted.end)});
      next = std::max(next, range.end);
    }
    if (next < wanted.end) missing.push_back({next, wanted.end});
    return missing;
  }

  TreePlan& plan_;
  std::span<const Range> owned_;
  Range elements_;
  std::size_t least_;
};

}  // namespace

TreePlan::TreePlan(std::span<const Range> owned, const Range& elements, std::size_t least)
    : root{owned.front().begin, owned.back().end} {
  Planner planner(*this, owned, elements, least);
  planner.plan_returns(planner.value_of(root));
}

}  // namespace lockstep
