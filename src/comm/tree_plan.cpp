#include "comm/tree_plan.hpp"

#include <algorithm>
#include <map>
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

/// A host that may keep a part, and how large a share of it, beside those of the others.
struct Share {
  int holder;
  std::size_t size;
};

class Planner {
 public:
  Planner(TreePlan& plan, std::span<const Range> owned, const Range& elements, std::size_t least)
      : plan_(plan), owned_(owned), elements_(elements), least_(least) {}

  Value value_of(const Range& node) {
    if (const auto owner = owner_of(node); owner != owned_.end())
      return {{{elements_, static_cast<int>(owner - owned_.begin())}}};
    TreePlan::Merge merge{node, {}, {}};
    for (const Range& child : {left_child(node), right_child(node)})
      if (owner_of(child) != owned_.end())
        merge.below.push_back(child);
      else
        merge.below.insert(merge.below.end(), {left_child(child), right_child(child)});

    std::vector<Value> values;
    Value sum{{}, 0, 0};
    for (const Range& below : merge.below) {
      values.push_back(value_of(below));
      sum.hosts += values.back().hosts;
      sum.round = std::max(sum.round, values.back().round + 1);
    }
    std::vector<std::size_t> next(values.size());  // piece of each
    for (std::size_t begin = elements_.begin; begin < elements_.end;) {
      Range range{begin, elements_.end};
      std::vector<int> holders;
      for (std::size_t v = 0; v < values.size(); ++v) {
        const Piece& piece = values[v].pieces[next[v]];
        holders.push_back(piece.holder);
        range.end = std::min(range.end, piece.range.end);
      }
      keep(range, holders, values, merge, sum);
      for (std::size_t v = 0; v < values.size(); ++v)
        if (values[v].pieces[next[v]].range.end == range.end) ++next[v];
      begin = range.end;
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
        for (const TreePlan::Part& part : merge.parts)
          for (const int holder : part.holders) {
            std::vector<Range>& there = has[static_cast<std::size_t>(holder)];
            for (const Range& range : missing(part.range, there)) {
              plan_.returns.back().push_back({range, part.keeper, holder});
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
  /// The host that owns all leaves of a node, if there is one.
  [[nodiscard]] std::span<const Range>::iterator owner_of(const Range& node) const {
    return std::ranges::find_if(owned_, [&](const Range& leaves) { return leaves.contains(node); });
  }

  /// Shares of elements `range`, of which `holders` have the values that are to be summed.
  void keep(const Range& range, const std::vector<int>& holders, const std::vector<Value>& values,
            TreePlan::Merge& merge, Value& sum) const {
    std::vector<Share> shares;
    for (std::size_t v = 0; v < values.size(); ++v) {
      const auto known = std::ranges::find(shares, holders[v], &Share::holder);
      if (known == shares.end())
        shares.push_back({holders[v], values[v].hosts});
      else
        known->size = std::max(known->size, values[v].hosts);
    }
    // Where there is little to share, who has most to do with it keeps it.
    std::ranges::stable_sort(shares, std::ranges::greater{}, &Share::size);
    shares.resize(std::clamp<std::size_t>(range.size() / least_, 1, shares.size()));
    std::size_t all = 0;
    for (const Share& share : shares) all += share.size;
    std::size_t begin = range.begin;
    std::size_t given = 0;
    for (const Share& share : shares) {
      given += share.size;
      const std::size_t end = given == all ? range.end : range.begin + aligned(range.size() * given / all);
      const Range part{begin, std::min(end, range.end)};
      begin = part.end;
      if (part.size() == 0) continue;
      merge.parts.push_back({part, holders, share.holder});
      sum.pieces.push_back({part, share.holder});
    }
  }

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

std::size_t TreePlan::most_sent() const {
  std::map<int, std::size_t> sent;
  for (const Merge& merge : merges | std::views::join)
    for (const Part& part : merge.parts)
      for (const int holder : part.holders)
        if (holder != part.keeper) sent[holder] += part.range.size();
  for (const Return& part : returns | std::views::join) sent[part.from] += part.range.size();
  std::size_t most = 0;
  for (const auto& [host, elements] : sent) most = std::max(most, elements);
  return most;
}

}  // namespace lockstep
