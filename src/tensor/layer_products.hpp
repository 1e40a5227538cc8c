// The three matrix products of a layer, by the kernels and in the precision that a configuration chooses.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "tensor/products.hpp"

namespace lockstep {

/// What products are made of. Sums are floats in either.
enum class Precision {
  float32,
  bfloat16,  // each factor rounded to it
};

/// What the bits of products depend on, and how they are made.
struct Arithmetic {
  Arithmetic(Kernels of_products, Precision of_factors = Precision::float32)  // NOLINT(google-explicit-constructor)
      : kernels(of_products), precision(of_factors) {}

  Kernels kernels;
  Precision precision;
};

/// The kernels, and how they multiply bfloat16 numbers where the precision is that: "libxsmm 1.17 cpx, bfloat16 by
/// vdpbf16ps".
std::string kernel_name(const Arithmetic& arithmetic);

/// Memory for products: beside that for the sums it is taken when first used.
struct ProductScratch {
  std::vector<AlignedBuffer> sums;  // of a tile of a gradient, at each depth of the summation tree
  AlignedBuffer transposed;         // a panel of a weight
  PairBuffer left, right;           // factors as pairs of bfloat16 numbers
  PairBuffer panel, transposed_panel;
};

/// Called with the columns of a panel when they are there.
using OnPanel = std::function<void(const Range& columns)>;

/// y = x w, shapes (rows, in), (in, out) and (rows, out), a panel of w after the other. OpenBLAS makes one product of
/// each of the `blocks` of rows, which make up all of x's.
void multiply_weight(const Arithmetic& arithmetic, ConstMatrix x, ConstPanels weight, Matrix y,
                     std::span<const Range> blocks, ProductScratch& scratch, const OnPanel& on_panel);

/// dx = dy wᵀ, shapes (rows, out), (in, out) and (rows, in), likewise. `between` is called a few times on the way.
void multiply_transposed_weight(const Arithmetic& arithmetic, ConstMatrix dy, ConstPanels weight, Matrix dx,
                                std::span<const Range> blocks, ProductScratch& scratch,
                                const std::function<void()>& between);

/// The nodes of the summation tree over slices for which gradients are wanted. With `continues`, there is one node, of
/// one slice, and its sums go on from what is there.
struct GradientNodes {
  const OwnedSlices& slices;
  std::span<const Range> nodes;
  bool continues = false;
};

/// For each of the nodes: dw = the sum over its slices in tree order of xᵀ dy, shapes (rows, in), (rows, out) and
/// (in, out), in gradient(index of the node), a panel after the other, the last first. `on_panel` is called with the
/// number of a panel when all nodes have it. `scratch.sums` has room for gradient_rows() rows of a panel at each depth
/// below std::bit_width(node.size()).
void multiply_gradients(const Arithmetic& arithmetic, ConstMatrix x, ConstMatrix dy, const GradientNodes& nodes,
                        const std::function<Panels(std::size_t)>& gradient, ProductScratch& scratch,
                        const std::function<void(std::size_t)>& on_panel);

}  // namespace lockstep
