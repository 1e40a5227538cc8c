#include "export/onnx_inputs.hpp"

#include <array>
#include <cmath>
#include <numeric>

#include "data/input_rows.hpp"
#include "export/onnx_scales.hpp"

namespace lockstep {

namespace {

constexpr std::int64_t kUnknownIsZero = 1;

/// Groups of inputs, which lie side by side, and the place that each input is to have: a key that grows in the
/// network's order.
struct InputGroups {
  std::vector<OnnxValue> values;
  std::vector<std::size_t> keys;

  void add(const OnnxValue& value, const std::vector<std::size_t>& its_keys) {
    values.push_back(value);
    keys.insert(keys.end(), its_keys.begin(), its_keys.end());
  }

  [[nodiscard]] OnnxValue in_order(OnnxGraph& graph) const {
    OnnxShape order(keys.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(order, {}, [&](std::int64_t i) { return keys[static_cast<std::size_t>(i)]; });
    const OnnxValue all = graph.beside(values);
    return std::ranges::is_sorted(keys) ? all : graph.columns(all, order);
  }
};

/// The key of an indicator: they all stand after the columns.
std::size_t indicator_key(const ExportedModel& exported, std::size_t column) {
  return exported.data.features() + column;
}

bool has_indicator(const ExportedModel& exported, std::size_t column) {
  return !exported.transform.gaps.empty() && exported.transform.gaps[column].indicator;
}

/// The scale of each of these columns, or the one of all.
std::vector<ColumnScale> scales_of(const Scaling& scaling, const std::vector<std::size_t>& columns) {
  if (scaling.columns.size() == 1) return scaling.columns;
  std::vector<ColumnScale> scales;
  for (const std::size_t c : columns) scales.push_back(scaling.of(c));
  return scales;
}

/// The columns of numbers.
void add_numbers(OnnxGraph& graph, const ExportedModel& exported, const std::vector<std::size_t>& columns,
                 InputGroups& groups) {
  const DatasetInfo& data = exported.data;
  OnnxShape shape = {std::ssize(columns)};
  if (data.is_image()) shape.assign(data.feature_shape.begin(), data.feature_shape.end());
  OnnxValue numbers = graph.input("features", data.bytes ? OnnxType::uint8 : OnnxType::float64, shape);
  if (shape.size() > 1) numbers = graph.add("Flatten", {numbers});
  if (data.bytes) numbers = graph.cast(numbers, OnnxType::float64);

  std::vector<double> fills;
  std::vector<std::size_t> indicators;
  OnnxShape with_indicator;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (!exported.transform.gaps.empty()) fills.push_back(exported.transform.gaps[columns[i]].value);
    if (!has_indicator(exported, columns[i])) continue;
    indicators.push_back(indicator_key(exported, columns[i]));
    with_indicator.push_back(static_cast<std::int64_t>(i));
  }
  OnnxValue filled = numbers;
  if (!fills.empty()) {
    const OnnxValue fill = graph.constant(std::span<const double>(fills), {std::ssize(fills)});
    filled = graph.add("Where", {graph.add("IsNaN", {numbers}), fill, numbers});
  }
  const OnnxValue scaled = add_scaled(graph, filled, scales_of(exported.transform.features, columns));
  groups.add(graph.cast(scaled, OnnxType::float32), columns);
  if (indicators.empty()) return;
  const OnnxValue gaps = graph.add("IsNaN", {graph.columns(numbers, with_indicator)});
  groups.add(graph.cast(gaps, OnnxType::float32), indicators);
}

/// 1 for each of `texts` that a column of words has, else 0. OnnxShape (samples, texts).
OnnxValue one_hot(OnnxGraph& graph, const OnnxValue& words, std::size_t i, const std::vector<std::string>& texts) {
  const OnnxValue column =
      graph.add("Gather", {words, graph.integer(static_cast<std::int64_t>(i))}, {{"axis", std::int64_t{1}}});
  return graph.add_ml("OneHotEncoder", {column}, {{"cats_strings", texts}, {"zeros", kUnknownIsZero}});
}

/// The columns of words.
void add_words(OnnxGraph& graph, const ExportedModel& exported, const std::vector<std::size_t>& columns,
               InputGroups& groups) {
  const OnnxValue words = graph.input("words", OnnxType::text, {std::ssize(columns)});
  const bool constant = words_are_constant(exported.data, exported.transform);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::vector<std::string>& texts = exported.data.feature_words[columns[i]];
    OnnxValue inputs = one_hot(graph, words, i, texts);
    if (constant) inputs = graph.add("Mul", {inputs, graph.constant(std::array{0.0F}, {})});
    groups.add(inputs, std::vector<std::size_t>(texts.size(), columns[i]));
    if (has_indicator(exported, columns[i]))
      groups.add(one_hot(graph, words, i, {""}), {indicator_key(exported, columns[i])});
  }
}

}  // namespace

OnnxValue add_inputs(OnnxGraph& graph, const ExportedModel& exported) {
  std::vector<std::size_t> numbers;
  std::vector<std::size_t> words;
  for (std::size_t c = 0; c < exported.data.features(); ++c)
    (exported.data.is_of_words(c) ? words : numbers).push_back(c);
  InputGroups groups;
  if (!numbers.empty()) add_numbers(graph, exported, numbers, groups);
  if (!words.empty()) add_words(graph, exported, words, groups);
  return groups.in_order(graph);
}

}  // namespace lockstep
