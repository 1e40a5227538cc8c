#include "tensor/layer_products.hpp"

#include <algorithm>
#include <utility>

#include "tensor/blas.hpp"

namespace lockstep {

namespace {

/// A matrix of pairs in `buffer`, which grows where it is too small.
PairMatrix room_for(std::size_t rows, std::size_t cols, PairBuffer& buffer) {
  const std::size_t stride = row_stride(cols);
  if (buffer.span().size() < rows * stride) buffer = PairBuffer(rows * stride);
  return {buffer.span(), rows, cols, stride};
}

/// Factors as they are.
struct Floats {
  static ConstMatrix left(ConstMatrix x, ProductScratch&) { return x; }
  static ConstMatrix right(ConstMatrix panel, ProductScratch&) { return panel; }

  /// The transposed rows of a weight, shape (out, rows.size()).
  static ConstMatrix transposed(Kernels kernels, ConstPanels weight, const Range& rows, ProductScratch& scratch) {
    const std::size_t size = weight.cols() * panel_width(kernels, weight.rows());
    if (scratch.transposed.span().size() < size) scratch.transposed = AlignedBuffer(size);
    const Matrix transposed(scratch.transposed.span(), weight.cols(), rows.size());
    for (std::size_t p = 0; p < weight.count(); ++p)
      transpose(kernels, weight.panel(p).rows(rows), transposed.rows(weight.columns(p)));
    return transposed;
  }

  /// Both factors of a gradient, whose rows are samples, and where those of a slice lie.
  struct Samples {
    ConstMatrix x;
    ConstMatrix dy;
    const OwnedSlices& slices;
  };
  static Samples samples(ConstMatrix x, ConstMatrix dy, const OwnedSlices& slices, ProductScratch&) {
    return {x, dy, slices};
  }
};

/// Factors rounded to bfloat16, in pairs along the inner dimension.
struct Bfloat16 {
  static ConstPairs left(ConstMatrix x, ProductScratch& scratch) {
    const PairMatrix pairs = room_for(x.rows(), pairs_of(x.cols()), scratch.left);
    pair_in_rows(x, pairs);
    return pairs;
  }
  static ConstPairs right(ConstMatrix panel, ProductScratch& scratch) {
    const PairMatrix pairs = room_for(pairs_of(panel.rows()), panel.cols(), scratch.panel);
    pair_in_columns(panel, pairs);
    return pairs;
  }

  static ConstPairs transposed(Kernels kernels, ConstPanels weight, const Range& rows, ProductScratch& scratch) {
    const PairMatrix transposed = room_for(pairs_of(weight.cols()), rows.size(), scratch.transposed_panel);
    for (std::size_t p = 0; p < weight.count(); ++p) {
      // Panels but the last have an even number of columns, so that pairs lie within them.
      const Range columns = weight.columns(p);
      const PairMatrix pairs = room_for(rows.size(), pairs_of(columns.size()), scratch.panel);
      pair_in_rows(weight.panel(p).rows(rows), pairs);
      transpose(kernels, pairs, transposed.rows({columns.begin / 2, pairs_of(columns.end)}));
    }
    return transposed;
  }

  struct Samples {
    ConstPairs x;
    ConstPairs dy;
    OwnedSlices slices;
  };
  /// Pairs are samples of one slice.
  static Samples samples(ConstMatrix x, ConstMatrix dy, const OwnedSlices& slices, ProductScratch& scratch) {
    OwnedSlices of_pairs = slices;
    std::size_t end = 0;
    for (Range& rows : of_pairs.rows) {
      rows = {end, end + pairs_of(rows.size())};
      end = rows.end;
    }
    const PairMatrix left = room_for(end, x.cols(), scratch.left);
    const PairMatrix right = room_for(end, dy.cols(), scratch.right);
    for (std::size_t s = 0; s < slices.rows.size(); ++s) {
      pair_in_columns(x.rows(slices.rows[s]), left.rows(of_pairs.rows[s]));
      pair_in_columns(dy.rows(slices.rows[s]), right.rows(of_pairs.rows[s]));
    }
    return {left, right, std::move(of_pairs)};
  }
};

/// Calls use(factors) for those of the precision.
template <class Use>
void with_factors(const Arithmetic& arithmetic, Use&& use) {
  arithmetic.precision == Precision::bfloat16 ? use(Bfloat16()) : use(Floats());
}

}  // namespace

std::string kernel_name(const Arithmetic& arithmetic) {
  const std::string name = kernel_name(arithmetic.kernels);
  return arithmetic.precision == Precision::float32
             ? name
             : fmt::format("{}, bfloat16 by {}", name, way_of_pairs(arithmetic.kernels));
}

void multiply_weight(const Arithmetic& arithmetic, ConstMatrix x, ConstPanels weight, Matrix y,
                     std::span<const Range> blocks, ProductScratch& scratch, const OnPanel& on_panel) {
  with_factors(arithmetic, [&](auto factors) {
    const auto left = factors.left(x, scratch);
    for (std::size_t p = 0; p < weight.count(); ++p) {
      const Range columns = weight.columns(p);
      multiply(arithmetic.kernels, left, factors.right(weight.panel(p), scratch), y.columns(columns), blocks);
      on_panel(columns);
    }
  });
}

void multiply_transposed_weight(const Arithmetic& arithmetic, ConstMatrix dy, ConstPanels weight, Matrix dx,
                                std::span<const Range> blocks, ProductScratch& scratch,
                                const std::function<void()>& between) {
  invariant(dy.rows() == dx.rows() && dy.cols() == weight.cols() && weight.rows() == dx.cols(),
            "shapes of dx = dy wᵀ must agree");
  if (arithmetic.kernels == Kernels::openblas) {
    for (const Range& rows : blocks) {
      openblas::multiply_transposed_right(dy.rows(rows), weight.panel(0), dx.rows(rows));
      between();
    }
    return;
  }
  with_factors(arithmetic, [&](auto factors) {
    const auto left = factors.left(dy, scratch);
    const std::size_t width = panel_width(arithmetic.kernels, weight.rows());
    for (std::size_t begin = 0; begin < weight.rows(); begin += width) {
      // Transposed, these rows of the weight make it a product like any other.
      const Range columns{begin, std::min(weight.rows(), begin + width)};
      const auto transposed = factors.transposed(arithmetic.kernels, weight, columns, scratch);
      multiply(arithmetic.kernels, left, transposed, dx.columns(columns), blocks);
      between();
    }
  });
}

void multiply_gradients(const Arithmetic& arithmetic, ConstMatrix x, ConstMatrix dy, const GradientNodes& nodes,
                        const std::function<Panels(std::size_t)>& gradient, ProductScratch& scratch,
                        const std::function<void(std::size_t)>& on_panel) {
  with_factors(arithmetic, [&](auto factors) {
    const auto samples = factors.samples(x, dy, nodes.slices, scratch);
    for (std::size_t p = gradient(0).count(); p-- > 0;) {
      const Range columns = gradient(0).columns(p);
      for (std::size_t n = 0; n < nodes.nodes.size(); ++n)
        multiply_transposed_left(arithmetic.kernels, samples.x, samples.dy.columns(columns), samples.slices,
                                 nodes.nodes[n], nodes.continues, gradient(n).panel(p), scratch.sums);
      on_panel(p);
    }
  });
}

}  // namespace lockstep
