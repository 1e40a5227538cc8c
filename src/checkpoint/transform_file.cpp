#include "checkpoint/transform_file.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "checkpoint/schema.hpp"

namespace lockstep {

namespace {

Error misfit(const Hdf5File& file, const std::string& prefix, std::size_t columns) {
  return bad_input("{}: {}{} and what belongs to it do not fit the {} columns of the data", file.path().string(),
                   prefix, schema::kShift, columns);
}

/// The kind of that name.
Scale kind_named(const Hdf5File& file, const std::string& name) {
  for (const auto& [known, kind] : Scales::kNames)
    if (name == known) return kind;
  throw bad_input("{}: has a scale of kind '{}', which this version does not know", file.path().string(), name);
}

bool has_quantiles(const ColumnScale& column) {
  return column.kind == kScale<QuantileScale>;
}

}  // namespace

void write_scaling(Hdf5File& file, const std::string& prefix, const Scaling& scaling) {
  std::vector<double> shifts;
  std::vector<double> scales;
  std::vector<std::string> kinds;
  std::vector<double> quantiles;
  std::size_t rows = 0;
  for (const ColumnScale& column : scaling.columns) {
    shifts.push_back(column.shift);
    scales.push_back(column.scale);
    kinds.emplace_back(Scales::name_of(column.kind));
    quantiles.insert(quantiles.end(), column.quantiles.begin(), column.quantiles.end());
    if (has_quantiles(column)) ++rows;
  }
  file.write<double>(prefix + schema::kShift, shifts, {shifts.size()}, Storage::checked);
  file.write<double>(prefix + schema::kScale, scales, {scales.size()}, Storage::checked);
  file.write_strings(prefix + schema::kKind, kinds);
  if (rows > 0)
    file.write<double>(prefix + schema::kQuantiles, quantiles, {rows, quantiles.size() / rows}, Storage::checked);
}

Scaling read_scaling(const Hdf5File& file, const std::string& prefix, std::size_t columns) {
  const auto shifts = file.read<double>(prefix + schema::kShift);
  const auto scales = file.read<double>(prefix + schema::kScale);
  std::vector<std::string> kinds(shifts.size(), std::string(NoScale::kName));
  if (file.has(prefix + schema::kKind)) kinds = file.read_strings(prefix + schema::kKind);
  if (scales.size() != shifts.size() || kinds.size() != shifts.size() ||
      (shifts.size() != 1 && shifts.size() != columns))
    throw misfit(file, prefix, columns);
  Scaling scaling{{}};
  for (std::size_t c = 0; c < shifts.size(); ++c) {
    scaling.columns.push_back(linear_scale(shifts[c], scales[c]));
    scaling.columns.back().kind = kind_named(file, kinds[c]);
  }

  const auto rows = static_cast<std::size_t>(std::ranges::count_if(scaling.columns, has_quantiles));
  if (rows == 0) return scaling;
  const auto quantiles = file.read<double>(prefix + schema::kQuantiles);
  const std::size_t each = quantiles.size() / rows;
  if (each < 2 || quantiles.size() != rows * each) throw misfit(file, prefix, columns);
  auto from = quantiles.begin();
  for (ColumnScale& column : scaling.columns) {
    if (!has_quantiles(column)) continue;
    column.quantiles.assign(from, from + static_cast<std::ptrdiff_t>(each));
    from += static_cast<std::ptrdiff_t>(each);
    if (!std::ranges::is_sorted(column.quantiles)) throw misfit(file, prefix, columns);
  }
  return scaling;
}

void write_words(Hdf5File& file, const std::vector<std::vector<std::string>>& feature_words) {
  if (feature_words.empty()) return;
  std::vector<std::string> all;
  std::vector<std::int64_t> counts;
  for (const std::vector<std::string>& words : feature_words) {
    all.insert(all.end(), words.begin(), words.end());
    counts.push_back(std::ssize(words));
  }
  file.write_strings(schema::kWords, all);
  file.write<std::int64_t>(schema::kWordCounts, counts, {counts.size()}, Storage::checked);
}

std::vector<std::vector<std::string>> read_words(const Hdf5File& file, std::size_t features) {
  if (!file.has(schema::kWords)) return {};
  const std::vector<std::string> all = file.read_strings(schema::kWords);
  const auto counts = file.read<std::int64_t>(schema::kWordCounts);
  std::vector<std::vector<std::string>> words;
  std::size_t used = 0;
  for (const std::int64_t count : counts) {
    if (count < 0 || static_cast<std::size_t>(count) > all.size() - used) break;
    const auto from = all.begin() + static_cast<std::ptrdiff_t>(used);
    words.emplace_back(from, from + count);
    used += static_cast<std::size_t>(count);
  }
  if (words.size() != features || counts.size() != features || used != all.size())
    throw bad_input("{}: {} do not fit the {} features of the data", file.path().string(), schema::kWords, features);
  return words;
}

void write_gaps(Hdf5File& file, const std::vector<GapFill>& gaps) {
  if (gaps.empty()) return;
  std::vector<double> values;
  std::vector<std::int64_t> indicators;
  for (const GapFill& gap : gaps) {
    values.push_back(gap.value);
    indicators.push_back(gap.indicator ? 1 : 0);
  }
  file.write<double>(schema::kFill, values, {values.size()}, Storage::checked);
  file.write<std::int64_t>(schema::kIndicator, indicators, {indicators.size()}, Storage::checked);
}

std::vector<GapFill> read_gaps(const Hdf5File& file, std::size_t features) {
  if (!file.has(schema::kFill)) return {};
  const auto values = file.read<double>(schema::kFill);
  const auto indicators = file.read<std::int64_t>(schema::kIndicator);
  if (values.size() != features || indicators.size() != features)
    throw bad_input("{}: {} does not fit the {} features of the data", file.path().string(), schema::kFill, features);
  std::vector<GapFill> gaps;
  for (std::size_t c = 0; c < features; ++c) gaps.push_back({values[c], indicators[c] != 0});
  return gaps;
}

void write_ranges(Hdf5File& file, const std::vector<FeatureRange>& ranges) {
  if (ranges.empty()) return;
  std::vector<double> least;
  std::vector<double> most;
  for (const FeatureRange& range : ranges) {
    least.push_back(range.least);
    most.push_back(range.most);
  }
  file.write<double>(schema::kLeast, least, {least.size()}, Storage::checked);
  file.write<double>(schema::kMost, most, {most.size()}, Storage::checked);
}

std::vector<FeatureRange> read_ranges(const Hdf5File& file, std::size_t features) {
  if (!file.has(schema::kLeast)) return {};
  const auto least = file.read<double>(schema::kLeast);
  const auto most = file.read<double>(schema::kMost);
  if (least.size() != most.size() || (least.size() != 1 && least.size() != features))
    throw bad_input("{}: {} does not fit the {} features of the data", file.path().string(), schema::kLeast, features);
  std::vector<FeatureRange> ranges;
  for (std::size_t c = 0; c < least.size(); ++c) ranges.push_back({least[c], most[c]});
  return ranges;
}

}  // namespace lockstep
