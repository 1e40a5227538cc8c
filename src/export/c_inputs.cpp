#include "export/c_inputs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "data/input_rows.hpp"

namespace lockstep {

namespace {

// Of each kind of scale its curve and the way back, of a value in C. `quantiles` are those of its column.

struct CurvedValue {
  std::string value;
  std::string quantiles;
  std::size_t count;
};

std::string c_curve(const CurvedValue& of, const NoScale&) {
  return of.value;
}

std::string c_curve_back(const CurvedValue& of, const NoScale&) {
  return of.value;
}

std::string c_curve(const CurvedValue& of, const LogScale&) {
  return fmt::format("log_curve({})", of.value);
}

std::string c_curve_back(const CurvedValue& of, const LogScale&) {
  return fmt::format("log_curve_back({})", of.value);
}

std::string c_curve(const CurvedValue& of, const QuantileScale&) {
  return fmt::format("quantile_curve({}, {}, {})", of.value, of.quantiles, of.count);
}

std::string c_curve_back(const CurvedValue& of, const QuantileScale&) {
  return fmt::format("quantile_curve_back({}, {}, {})", of.value, of.quantiles, of.count);
}

/// The scales of columns in C: arrays called after `prefix`.
class CScales {
 public:
  CScales(const Scaling& scaling, std::string prefix, CCode& code) : scaling_(scaling), prefix_(std::move(prefix)) {
    std::vector<double> shifts;
    std::vector<double> scales;
    std::vector<double> quantiles;
    for (const ColumnScale& column : scaling.columns) {
      shifts.push_back(column.shift);
      scales.push_back(column.scale);
      places_.push_back(quantiles.size());
      quantiles.insert(quantiles.end(), column.quantiles.begin(), column.quantiles.end());
    }
    code.add_array<double>(prefix_ + "_shift", shifts);
    code.add_array<double>(prefix_ + "_scale", scales);
    if (!quantiles.empty()) code.add_array<double>(prefix_ + "_quantiles", quantiles);
  }

  [[nodiscard]] Scale kind(std::size_t column) const { return scaling_.of(column).kind; }

  /// The element of an array that is of column `c`, a variable of C.
  [[nodiscard]] std::string of_column(const char* array) const {
    return fmt::format("{}_{}[{}]", prefix_, array, is_single() ? "0" : "c");
  }

  /// The curve of `value`, for the columns from `first` on that are of its kind; `c` counts them.
  [[nodiscard]] std::string curve(const std::string& value, std::size_t first) const {
    return Scales::visit(kind(first),
                         [&](auto entry) { return c_curve(curved(value, first), typename decltype(entry)::type()); });
  }
  [[nodiscard]] std::string curve_back(const std::string& value, std::size_t first) const {
    return Scales::visit(
        kind(first), [&](auto entry) { return c_curve_back(curved(value, first), typename decltype(entry)::type()); });
  }

 private:
  [[nodiscard]] bool is_single() const { return scaling_.columns.size() == 1; }

  [[nodiscard]] CurvedValue curved(const std::string& value, std::size_t first) const {
    const std::size_t count = scaling_.of(first).quantiles.size();
    const std::string array = prefix_ + "_quantiles";
    if (is_single()) return {value, array, count};
    return {value, fmt::format("{} + {} + {} * (c - {})", array, places_[first], count, first), count};
  }

  const Scaling& scaling_;
  std::string prefix_;
  std::vector<std::size_t> places_;  // where a column's quantiles begin
};

/// Where the columns end that begin at `first` and are of one kind.
template <class SameAsFirst>
std::size_t end_of_run(std::size_t first, std::size_t columns, const SameAsFirst& same) {
  std::size_t end = first + 1;
  while (end < columns && same(end)) ++end;
  return end;
}

/// Bytes of images, which a batch scales in float32.
void add_bytes(const ExportedModel& exported, CCode& code) {
  std::vector<float> shifts;
  std::vector<float> scales;
  for (const ColumnScale& column : exported.transform.features.columns) {
    shifts.push_back(static_cast<float>(column.shift));
    scales.push_back(static_cast<float>(column.scale));
  }
  code.add_array<float>("feature_shift", shifts);
  code.add_array<float>("feature_scale", scales);
  const char* column = shifts.size() == 1 ? "0" : "c";
  code.add_line(fmt::format(R"(  for (int c = 0; c < {}; ++c) {{
    if (!(features[c] >= 0 && features[c] <= 255)) return c + 1;
    x[c] = ((float)features[c] - feature_shift[{}]) * feature_scale[{}];
  }})",
                            exported.data.features(), column, column));
}

}  // namespace

void add_c_inputs(const ExportedModel& exported, CCode& code) {
  const DatasetInfo& data = exported.data;
  const DataTransform& transform = exported.transform;
  if (keeps_bytes(data, transform)) return add_bytes(exported, code);
  const CScales scales(transform.features, "feature", code);
  std::vector<double> fills;
  for (const GapFill& gap : transform.gaps) fills.push_back(gap.value);
  if (!fills.empty()) code.add_array<double>("feature_fill", fills);
  const std::string raw = fills.empty() ? "features[c]" : "filled(features[c], feature_fill[c])";

  std::size_t input = 0;
  for (std::size_t c = 0; c < data.features();) {
    if (data.is_of_words(c)) {
      const std::size_t words = data.feature_words[c].size();
      const bool gaps_allowed = !fills.empty() && !std::isnan(fills[c]);
      code.add_line(fmt::format("  if (!one_hot(features[{}], {}, {:d}, {:d}, x + {})) return {};", c, words,
                                gaps_allowed, exported.words.unseen == Unseen::zero, input, c + 1));
      if (words_are_constant(data, transform)) code.add_line(fmt::format("  x[{}] = 0;", input));
      input += words;
      ++c;
      continue;
    }
    const std::size_t end = end_of_run(c, data.features(), [&](std::size_t next) {
      return !data.is_of_words(next) && scales.kind(next) == scales.kind(c);
    });
    const std::string place = input == c ? "c" : fmt::format("c + {}", input - c);
    code.add_line(fmt::format(R"(  for (int c = {0}; c < {1}; ++c) {{
    x[{2}] = (float)(({3} - {4}) * {5});
    if (!isfinite(x[{2}])) return c + 1;
  }})",
                              c, end, place, scales.curve(raw, c), scales.of_column("shift"),
                              scales.of_column("scale")));
    input += end - c;
    c = end;
  }
  for (std::size_t c = 0; c < transform.gaps.size(); ++c)
    if (transform.gaps[c].indicator)
      code.add_line(fmt::format("  x[{}] = isnan(features[{}]) ? 1.0F : 0.0F;", input++, c));
}

void add_c_outputs(const ExportedModel& exported, CCode& code) {
  const std::size_t outputs = exported.data.outputs();
  if (exported.data.task == Task::classification) {
    code.add_line(fmt::format(R"(  for (int c = 0; c < {}; ++c) {{
    outputs[c] = x[c];
    if (!isfinite(outputs[c])) return -1;
  }})",
                              outputs));
    return;
  }
  const CScales scales(exported.transform.targets, "target", code);
  for (std::size_t c = 0; c < outputs;) {
    const std::size_t end =
        end_of_run(c, outputs, [&](std::size_t next) { return scales.kind(next) == scales.kind(c); });
    const std::string curved =
        fmt::format("unscaled(x[c], {}, {})", scales.of_column("shift"), scales.of_column("scale"));
    code.add_line(fmt::format(R"(  for (int c = {}; c < {}; ++c) {{
    outputs[c] = {};
    if (!isfinite(outputs[c])) return -1;
  }})",
                              c, end, scales.curve_back(curved, c)));
    c = end;
  }
}

}  // namespace lockstep
