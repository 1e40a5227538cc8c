#include "base/partition.hpp"

#include "base/vectorized.hpp"

namespace lockstep {

namespace {

void collect(const Range& node, const Range& owned, std::vector<Range>& nodes) {
  if (node.begin >= owned.end || owned.begin >= node.end) return;
  if (owned.contains(node)) {
    nodes.push_back(node);
    return;
  }
  collect(left_child(node), owned, nodes);
  collect(right_child(node), owned, nodes);
}

}  // namespace

OwnedSlices::OwnedSlices(std::size_t batch, std::size_t slices, const Range& owned)
    : numbers(owned), samples{part_of(batch, slices, owned.begin).begin, part_of(batch, slices, owned.end).begin} {
  for (std::size_t slice = owned.begin; slice < owned.end; ++slice) {
    const Range part = part_of(batch, slices, slice);
    rows.push_back({part.begin - samples.begin, part.end - samples.begin});
  }
}

std::vector<Range> maximal_nodes(const Range& root, const Range& owned) {
  std::vector<Range> nodes;
  collect(root, owned, nodes);
  return nodes;
}

LOCKSTEP_VECTORIZED void add(std::span<const float> a, std::span<const float> b, std::span<float> sum) {
  invariant(a.size() == sum.size() && b.size() == sum.size(), "summands must have equal sizes");
  LOCKSTEP_INDEPENDENT
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] = a[i] + b[i];
}

void add(std::span<const double> a, std::span<const double> b, std::span<double> sum) {
  invariant(a.size() == sum.size() && b.size() == sum.size(), "summands must have equal sizes");
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] = a[i] + b[i];
}

}  // namespace lockstep
