#include "data/transform.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "data/checks.hpp"

namespace lockstep {

namespace {

/// A note on the columns, each a `what`, whose scale is 0; none where there are no such columns.
template <class NameOf>
void note_constants(const Scaling& scaling, const char* what, const char* consequence, NameOf&& name_of,
                    std::vector<std::string>& notes) {
  std::vector<std::string> names;
  for (std::size_t c = 0; c < scaling.columns.size(); ++c)
    if (scaling.columns[c].scale == 0) names.push_back(name_of(c));
  if (names.empty()) return;
  notes.push_back(fmt::format("constant over the training samples, {}: {}{} {}", consequence, what,
                              names.size() > 1 ? "s" : "", list_names(names)));
}

/// A note on the columns that have gaps, with their numbers; none where no column has.
void note_fills(const Survey& train, std::vector<std::string>& notes) {
  const std::vector<std::string> names = column_names(train.info());
  std::vector<std::uint64_t> counts;
  for (const TrainColumn& column : train.features()) counts.push_back(column.samples - column.statistics.numbers);
  constexpr std::size_t kMostShown = 10;
  std::vector<std::string> texts;
  std::size_t more = 0;
  for (std::size_t c = 0; c < counts.size(); ++c)
    if (counts[c] > 0 && texts.size() < kMostShown)
      texts.push_back(fmt::format("{} in column '{}'", counts[c], names[c]));
    else if (counts[c] > 0)
      ++more;
  if (texts.empty()) return;
  notes.push_back(fmt::format("gaps in the training samples, filled by data.missing: {}{}", fmt::join(texts, ", "),
                              more > 0 ? fmt::format(", and in {} more columns", more) : ""));
}

}  // namespace

std::size_t DataTransform::inputs(const DatasetInfo& data) const {
  auto count = data.features() + static_cast<std::size_t>(std::ranges::count(gaps, true, &GapFill::indicator));
  for (const std::vector<std::string>& words : data.feature_words)
    if (!words.empty()) count += words.size() - 1;
  return count;
}

bool fits_to(const DataOptions& options, FitsTo what) {
  const auto is_fitted_so = [what](const auto& entry) {
    return Scales::visit(entry.second, [what](auto kind) { return decltype(kind)::type::kFitsTo == what; });
  };
  return std::ranges::any_of(options.scale.given, is_fitted_so) ||
         std::ranges::any_of(options.scale_targets.given, is_fitted_so);
}

DataTransform fit_transform(const Survey& train, const DataOptions& options) {
  return {.features = feature_scaling(train, options.scale),
          .targets = target_scaling(train, options.scale_targets),
          .gaps = gap_fills(train, options.gaps, column_names(train.info())),
          .ranges = feature_ranges(train)};
}

std::vector<std::string> notes_on(const DataTransform& transform, const Survey& train) {
  const DatasetInfo& info = train.info();
  std::vector<std::string> notes;
  if (info.is_image()) {
    if (transform.features.columns.front().scale == 0)
      notes.emplace_back("constant over the training samples, taken as 0: all pixels");
  } else {
    note_constants(
        transform.features, "column", "taken as 0", [names = column_names(info)](std::size_t c) { return names[c]; },
        notes);
  }
  note_constants(
      transform.targets, "target", "so that there is nothing to learn",
      [&](std::size_t c) { return info.output_names[c]; }, notes);
  if (!transform.gaps.empty()) note_fills(train, notes);
  return notes;
}

}  // namespace lockstep
