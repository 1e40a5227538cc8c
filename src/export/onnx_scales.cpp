#include "export/onnx_scales.hpp"

#include <array>
#include <limits>
#include <numbers>

#include "base/error.hpp"
#include "tensor/elementary_double.hpp"

namespace lockstep {

namespace {

using ScaleColumns = std::vector<const ColumnScale*>;  // those of one kind

/// c[0] + c[1] x + c[2] x^2 + ..., of each x.
OnnxValue polynomial(OnnxGraph& graph, std::span<const double> c, const OnnxValue& x) {
  std::vector<double> exponents;
  for (std::size_t i = 0; i < c.size(); ++i) exponents.push_back(static_cast<double>(i));
  const OnnxShape shape = {std::ssize(c)};
  const OnnxValue last_axis = graph.constant(OnnxShape{-1}, {1});
  const OnnxValue powers = graph.add(
      "Pow", {graph.add("Unsqueeze", {x, last_axis}), graph.constant(std::span<const double>(exponents), shape)});
  return graph.add("MatMul", {powers, graph.constant(c, shape)});
}

OnnxValue normal_quantile(OnnxGraph& graph, const OnnxValue& p) {
  using namespace elementary::normal_quantile_parts;
  const auto ratio = [&](const auto& numerator, const auto& denominator, const OnnxValue& x) {
    return graph.add("Div", {polynomial(graph, numerator, x), polynomial(graph, denominator, x)});
  };
  const OnnxValue q = graph.add("Sub", {p, graph.scalar(0.5)});
  const OnnxValue square = graph.add("Mul", {q, q});
  const OnnxValue central = graph.add("Mul", {q, ratio(kCentralNumerator, kCentralDenominator,
                                                       graph.add("Sub", {graph.scalar(kCentralOffset), square}))});
  const OnnxValue tail = graph.add("Min", {p, graph.add("Sub", {graph.scalar(1), p})});
  const OnnxValue root = graph.add("Sqrt", {graph.add("Neg", {graph.add("Log", {tail})})});
  const OnnxValue size = ratio(kTailNumerator, kTailDenominator, graph.add("Sub", {root, graph.scalar(kTailOffset)}));
  const OnnxValue is_central = graph.add("LessOrEqual", {graph.add("Abs", {q}), graph.scalar(kCentral)});
  return graph.add("Where", {is_central, central, graph.add("Mul", {graph.add("Sign", {q}), size})});
}

/// normal_cdf() for |x| < 5.3, and about 0 or 1 beyond: the same series, of as many terms as that takes.
OnnxValue normal_cdf(OnnxGraph& graph, const OnnxValue& x) {
  constexpr double kMost = 5.3;
  constexpr std::size_t kTerms = 100;
  std::array<double, kTerms> inverse_products{};  // of 1, 3, 5, ...
  double product = 1;
  for (std::size_t k = 0; k < kTerms; ++k) inverse_products[k] = 1 / (product *= static_cast<double>(2 * k + 1));
  const OnnxValue within = graph.add("Clip", {x, graph.scalar(-kMost), graph.scalar(kMost)});
  const OnnxValue square = graph.add("Mul", {within, within});
  const OnnxValue sum = graph.add("Mul", {within, polynomial(graph, inverse_products, square)});
  const OnnxValue density = graph.add("Exp", {graph.add("Mul", {square, graph.scalar(-0.5)})});
  constexpr double kDensityAt0 = std::numbers::inv_sqrtpi / std::numbers::sqrt2;
  const OnnxValue part = graph.add("Mul", {graph.add("Mul", {sum, density}), graph.scalar(kDensityAt0)});
  return graph.add("Add", {part, graph.scalar(0.5)});
}

/// The quantiles of columns, one after the other, and what is found there.
class Quantiles {
 public:
  Quantiles(OnnxGraph& graph, const ScaleColumns& columns)
      : graph_(graph), count_(std::ssize(columns.front()->quantiles)), columns_(std::ssize(columns)) {
    std::vector<double> firsts;
    std::vector<double> lasts;
    std::vector<double> all;
    OnnxShape begins;
    for (const ColumnScale* column : columns) {
      begins.push_back(std::ssize(all));
      all.insert(all.end(), column->quantiles.begin(), column->quantiles.end());
      firsts.push_back(column->quantiles.front());
      lasts.push_back(column->quantiles.back());
    }
    const auto constant = [&](const std::vector<double>& values) {
      return graph.constant(std::span<const double>(values), {std::ssize(values)});
    };
    first = constant(firsts);
    last = constant(lasts);
    all_ = constant(all);
    begins_ = graph.constant(begins, {columns_});
  }

  /// How many quantiles of its column are in this relation to each number of `raw`, as int64.
  [[nodiscard]] OnnxValue count(const char* relation, const OnnxValue& raw) const {
    const OnnxValue table = graph_.add("Reshape", {all_, graph_.constant(OnnxShape{columns_, count_}, {2})});
    const OnnxValue last_axis = graph_.constant(OnnxShape{-1}, {1});
    const OnnxValue hold = graph_.add(relation, {table, graph_.add("Unsqueeze", {raw, last_axis})});
    return graph_.add("ReduceSum", {graph_.cast(hold, OnnxType::int64), last_axis}, {{"keepdims", std::int64_t{0}}});
  }

  /// `index`, so that it and the next one are places in a column's quantiles.
  [[nodiscard]] OnnxValue within(const OnnxValue& index) const {
    const OnnxValue not_below = graph_.add("Max", {index, graph_.integer(0)});
    return graph_.add("Min", {not_below, graph_.integer(count_ - 2)});
  }

  /// The quantile at `index` places after the first.
  [[nodiscard]] OnnxValue at(const OnnxValue& index) const {
    return graph_.add("Gather", {all_, graph_.add("Add", {index, begins_})});
  }

  /// The largest place.
  [[nodiscard]] OnnxValue places() const { return graph_.scalar(static_cast<double>(count_ - 1)); }

  OnnxValue first;
  OnnxValue last;

 private:
  OnnxGraph& graph_;
  std::int64_t count_;  // of a column
  std::int64_t columns_;
  OnnxValue all_;
  OnnxValue begins_;
};

// Of each kind its curve and the way back, of columns of that kind, (samples, columns).

OnnxValue curve(OnnxGraph&, const OnnxValue& raw, const ScaleColumns&, const NoScale&) {
  return raw;
}

OnnxValue curve_back(OnnxGraph&, const OnnxValue& curved, const ScaleColumns&, const NoScale&) {
  return curved;
}

OnnxValue curve(OnnxGraph& graph, const OnnxValue& raw, const ScaleColumns&, const LogScale&) {
  const OnnxValue size = graph.add("Abs", {raw});
  const OnnxValue one = graph.scalar(1);
  const OnnxValue sum = graph.add("Add", {size, one});
  const OnnxValue lost = graph.add("Sub", {size, graph.add("Sub", {sum, one})});
  const OnnxValue log = graph.add("Add", {graph.add("Log", {sum}), graph.add("Div", {lost, sum})});
  return graph.add("Mul", {graph.add("Sign", {raw}), log});
}

OnnxValue curve_back(OnnxGraph& graph, const OnnxValue& curved, const ScaleColumns&, const LogScale&) {
  const OnnxValue size = graph.add("Abs", {curved});
  const OnnxValue square = graph.add("Mul", {size, size});
  const OnnxValue series = polynomial(graph, elementary::kInverseFactorials, size);
  const OnnxValue near_0 = graph.add("Add", {size, graph.add("Mul", {square, series})});
  const OnnxValue far = graph.add("Sub", {graph.add("Exp", {size}), graph.scalar(1)});
  const OnnxValue is_near = graph.add("Less", {size, graph.scalar(elementary::kNear0)});
  return graph.add("Mul", {graph.add("Sign", {curved}), graph.add("Where", {is_near, near_0, far})});
}

OnnxValue curve(OnnxGraph& graph, const OnnxValue& raw, const ScaleColumns& columns, const QuantileScale&) {
  const Quantiles quantiles(graph, columns);
  const OnnxValue before = quantiles.count("Less", raw);
  const OnnxValue up_to = quantiles.count("LessOrEqual", raw);
  const OnnxValue below = quantiles.within(graph.add("Sub", {before, graph.integer(1)}));
  const OnnxValue lower = quantiles.at(below);
  const OnnxValue upper = quantiles.at(graph.add("Add", {below, graph.integer(1)}));
  const OnnxValue step = graph.add("Div", {graph.add("Sub", {raw, lower}), graph.add("Sub", {upper, lower})});
  const OnnxValue between = graph.add("Add", {graph.cast(below, OnnxType::float64), step});
  // What several quantiles are equal to is in their middle.
  const OnnxValue twice = graph.add("Sub", {graph.add("Add", {before, up_to}), graph.integer(1)});
  const OnnxValue middle = graph.add("Mul", {graph.cast(twice, OnnxType::float64), graph.scalar(0.5)});
  const OnnxValue place = graph.add("Where", {graph.add("Equal", {before, up_to}), between, middle});

  const OnnxValue least = graph.scalar(QuantileScale::kLeastPart);
  const OnnxValue most = graph.scalar(1 - QuantileScale::kLeastPart);
  const OnnxValue inner = graph.add("Clip", {graph.add("Div", {place, quantiles.places()}), least, most});
  const OnnxValue not_above = graph.add("Where", {graph.add("GreaterOrEqual", {raw, quantiles.last}), most, inner});
  return normal_quantile(graph,
                         graph.add("Where", {graph.add("LessOrEqual", {raw, quantiles.first}), least, not_above}));
}

OnnxValue curve_back(OnnxGraph& graph, const OnnxValue& curved, const ScaleColumns& columns, const QuantileScale&) {
  const Quantiles quantiles(graph, columns);
  const OnnxValue part = normal_cdf(graph, curved);
  const OnnxValue place = graph.add("Mul", {part, quantiles.places()});
  const OnnxValue below = quantiles.within(graph.cast(place, OnnxType::int64));
  const OnnxValue t = graph.add("Sub", {place, graph.cast(below, OnnxType::float64)});
  const OnnxValue lower = graph.add("Mul", {quantiles.at(below), graph.add("Sub", {graph.scalar(1), t})});
  const OnnxValue upper = graph.add("Mul", {quantiles.at(graph.add("Add", {below, graph.integer(1)})), t});
  const OnnxValue inner = graph.add("Add", {lower, upper});
  const OnnxValue is_most = graph.add("GreaterOrEqual", {part, graph.scalar(1 - QuantileScale::kLeastPart)});
  const OnnxValue is_least = graph.add("LessOrEqual", {part, graph.scalar(QuantileScale::kLeastPart)});
  return graph.add("Where", {is_least, quantiles.first, graph.add("Where", {is_most, quantiles.last, inner})});
}

/// use(value, columns, kind) for the columns of each kind that there are, and the results in the columns' order.
template <class Use>
OnnxValue by_kind(OnnxGraph& graph, const OnnxValue& value, std::span<const ColumnScale> scales, const Use& use) {
  std::vector<OnnxValue> results;
  OnnxShape order(scales.size());
  std::int64_t done = 0;
  Scales::for_each([&](auto kind) {
    using Kind = typename decltype(kind)::type;
    ScaleColumns columns;
    OnnxShape numbers;
    for (std::size_t c = 0; c < scales.size(); ++c) {
      if (scales[c].kind != kScale<Kind>) continue;
      columns.push_back(&scales[c]);
      numbers.push_back(static_cast<std::int64_t>(c));
      order[c] = done++;
    }
    if (columns.empty()) return;
    const bool all = columns.size() == scales.size();
    results.push_back(use(all ? value : graph.columns(value, numbers), columns, Kind()));
  });
  return results.size() == 1 ? results.front() : graph.columns(graph.beside(results), order);
}

/// A number of each column.
template <class Get>
OnnxValue of_columns(OnnxGraph& graph, std::span<const ColumnScale> scales, const Get& get) {
  std::vector<double> values;
  for (const ColumnScale& scale : scales) values.push_back(get(scale));
  return graph.constant(std::span<const double>(values), {std::ssize(values)});
}

OnnxValue shifts(OnnxGraph& graph, std::span<const ColumnScale> scales) {
  return of_columns(graph, scales, [](const ColumnScale& scale) { return scale.shift; });
}

}  // namespace

OnnxValue add_scaled(OnnxGraph& graph, const OnnxValue& raw, std::span<const ColumnScale> scales) {
  const OnnxValue curved =
      by_kind(graph, raw, scales, [&](const OnnxValue& value, const ScaleColumns& columns, const auto& kind) {
        return curve(graph, value, columns, kind);
      });
  return graph.add("Mul", {graph.add("Sub", {curved, shifts(graph, scales)}),
                           of_columns(graph, scales, [](const ColumnScale& scale) { return scale.scale; })});
}

OnnxValue add_raw(OnnxGraph& graph, const OnnxValue& scaled, std::span<const ColumnScale> scales) {
  // A constant column has scale 0, and is its shift again.
  const OnnxValue divisors = of_columns(graph, scales, [](const ColumnScale& scale) {
    return scale.scale == 0 ? std::numeric_limits<double>::infinity() : scale.scale;
  });
  const OnnxValue curved = graph.add("Add", {graph.add("Div", {scaled, divisors}), shifts(graph, scales)});
  return by_kind(graph, curved, scales, [&](const OnnxValue& value, const ScaleColumns& columns, const auto& kind) {
    return curve_back(graph, value, columns, kind);
  });
}

}  // namespace lockstep
