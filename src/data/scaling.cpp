#include "data/scaling.hpp"

#include <algorithm>
#include <span>

#include "base/memory.hpp"

namespace lockstep {

namespace {

/// The scales of (samples, kinds.size()) values.
template <class T>
Scaling fit_columns(const std::vector<T>& values, const std::vector<Scale>& kinds, double step,
                    const std::string& source) {
  if (std::ranges::count(kinds, Scale{}) == std::ssize(kinds)) return {};
  const std::vector<ColumnStatistics> statistics = statistics_of(std::span(values), kinds.size());
  Scaling result{{}};
  for (std::size_t c = 0; c < kinds.size(); ++c) {
    const auto copy = [&] {
      require_memory(source, values.size() / kinds.size() * sizeof(double));
      return numbers_in(values, kinds.size(), c);
    };
    if (kinds[c] != Scale{} && is_constant(statistics[c], step)) {
      result.columns.push_back(linear_scale(statistics[c].mean, 0));
      continue;
    }
    const TrainColumn column{statistics[c], values.size() / kinds.size(), copy};
    result.columns.push_back(Scales::visit(kinds[c], [&](auto kind) { return decltype(kind)::type::fit(column); }));
    result.columns.back().kind = kinds[c];
  }
  return result;
}

}  // namespace

bool Scaling::is_linear() const {
  return std::ranges::all_of(columns, [](const ColumnScale& column) {
    return Scales::visit(column.kind,
                         [](auto kind) { return std::is_base_of_v<NoScale, typename decltype(kind)::type>; });
  });
}

Scaling feature_scaling(const Dataset& train, const ByColumn<Scale>& kinds) {
  const DatasetInfo& info = train.info;
  const std::vector<std::string> names = column_names(info);
  kinds.check(names, "data.scale", info.source);
  std::vector<Scale> of_columns = kinds.of(names, "data.scale", info.source);
  for (std::size_t c = 0; c < of_columns.size(); ++c)
    if (info.is_of_words(c)) of_columns[c] = Scale{};
  if (info.is_image() && info.bytes && of_columns.front() == Scale{}) return {{linear_scale(0, 1.0 / 255.0)}};
  return info.bytes ? fit_columns(train.bytes, of_columns, info.feature_step, info.source)
                    : fit_columns(train.values, of_columns, info.feature_step, info.source);
}

Scaling target_scaling(const Dataset& train, const ByColumn<Scale>& kinds) {
  const DatasetInfo& info = train.info;
  if (info.task == Task::classification) return {};
  kinds.check(info.output_names, "data.scale_targets", info.source);
  return fit_columns(train.targets, kinds.of(info.output_names, "data.scale_targets", info.source), info.target_step,
                     info.source);
}

}  // namespace lockstep
