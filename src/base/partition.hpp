// How a batch is cut into slices, and the one binary tree in which the sums over slices are taken.
//
// Nothing here depends on the number of ranks. That is what makes results independent of it.
#pragma once

#include <bit>
#include <cstddef>
#include <span>
#include <vector>

#include "base/error.hpp"

namespace lockstep {

/// The numbers begin, ..., end - 1.
struct Range {
  std::size_t begin = 0;
  std::size_t end = 0;

  [[nodiscard]] std::size_t size() const { return end - begin; }
  [[nodiscard]] bool contains(const Range& other) const { return begin <= other.begin && other.end <= end; }
  bool operator==(const Range&) const = default;
};

/// Part `index` of `total` things cut into `parts` contiguous parts, which differ in size by at most one.
inline Range part_of(std::size_t total, std::size_t parts, std::size_t index) {
  return {total * index / parts, total * (index + 1) / parts};
}

/// The part of a batch that one rank works on: the slices that it owns, and where their rows lie.
struct OwnedSlices {
  /// The `owned` ones of `slices` slices of a batch of `batch` samples.
  OwnedSlices(std::size_t batch, std::size_t slices, const Range& owned);

  /// The rows of a slice, counted from this part's first.
  [[nodiscard]] const Range& rows_of(std::size_t slice) const { return rows[slice - numbers.begin]; }

  Range numbers;            // of the slices
  Range samples;            // within the batch
  std::vector<Range> rows;  // a slice each
};

/// A node of the summation tree over leaves is the range of leaves below it. Its left child holds the largest power of
/// two that is smaller than its size, its right child holds the rest.
inline Range left_child(const Range& node) {
  return {node.begin, node.begin + std::bit_ceil(node.size()) / 2};
}
inline Range right_child(const Range& node) {
  return {left_child(node).end, node.end};
}

/// The fewest nodes of the tree below `root` that make up `owned`, in order. A rank sums these by itself.
std::vector<Range> maximal_nodes(const Range& root, const Range& owned);

/// sum = a + b, element by element. `sum` may be one of the others.
void add(std::span<const float> a, std::span<const float> b, std::span<float> sum);
void add(std::span<const double> a, std::span<const double> b, std::span<double> sum);

/// Sums over the leaves of `node` in tree order: `leaf(index, out)` writes one summand to a span like `out`.
/// `scratch(depth)` gives a span like `out` for each depth below std::bit_width(node.size()).
template <class T, class Leaf, class Scratch>
void tree_sum(const Range& node, std::span<T> out, Leaf&& leaf, Scratch&& scratch, std::size_t depth = 0) {
  if (node.size() == 1) {
    leaf(node.begin, out);
    return;
  }
  const std::span<T> right = scratch(depth);
  tree_sum(left_child(node), out, leaf, scratch, depth + 1);
  tree_sum(right_child(node), right, leaf, scratch, depth + 1);
  add(out, right, out);
}

/// Finishes a sum: `part(k)` is the sum over `nodes[k]`, and the nodes make up `root` in order. Returns the sum over
/// `root`: a single part itself, else scratch(0). scratch(depth) is a span like a part for each depth up to
/// std::bit_width(root.size()).
template <class T, class Part, class Scratch>
std::span<const T> tree_sum_parts(const Range& root, std::span<const Range> nodes, Part&& part, Scratch&& scratch,
                                  std::size_t first = 0, std::size_t depth = 0) {
  if (nodes.front() == root) return part(first);
  std::size_t split = 0;
  while (nodes[split].begin < right_child(root).begin) ++split;
  const auto left = tree_sum_parts<T>(left_child(root), nodes.first(split), part, scratch, first, depth);
  const auto right =
      tree_sum_parts<T>(right_child(root), nodes.subspan(split), part, scratch, first + split, depth + 1);
  const std::span<T> sum = scratch(depth);
  add(left, right, sum);
  return sum;
}

}  // namespace lockstep
