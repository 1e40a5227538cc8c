#include "data/scaling.hpp"

#include <algorithm>

namespace lockstep {

namespace {

/// One for each of these columns, whose numbers are `step` apart, relative to them.
Scaling fit_columns(const std::vector<TrainColumn>& columns, const std::vector<Scale>& kinds, double step) {
  Scaling result{{}};
  for (std::size_t c = 0; c < kinds.size(); ++c) {
    if (kinds[c] != Scale{} && is_constant(columns[c].statistics, step)) {
      result.columns.push_back(linear_scale(columns[c].statistics.mean, 0));
      continue;
    }
    result.columns.push_back(Scales::visit(kinds[c], [&](auto kind) { return decltype(kind)::type::fit(columns[c]); }));
    result.columns.back().kind = kinds[c];
  }
  return result;
}

/// True where no column has a scale.
bool are_plain(const std::vector<Scale>& kinds) {
  return std::ranges::count(kinds, Scale{}) == std::ssize(kinds);
}

}  // namespace

bool Scaling::is_linear() const {
  return std::ranges::all_of(columns, [](const ColumnScale& column) {
    return Scales::visit(column.kind,
                         [](auto kind) { return std::is_base_of_v<NoScale, typename decltype(kind)::type>; });
  });
}

Scaling feature_scaling(const Survey& train, const ByColumn<Scale>& kinds) {
  const DatasetInfo& info = train.info();
  const std::vector<std::string> names = column_names(info);
  kinds.check(names, "data.scale", info.source);
  std::vector<Scale> of_columns = kinds.of(names, "data.scale", info.source);
  for (std::size_t c = 0; c < of_columns.size(); ++c)
    if (info.is_of_words(c)) of_columns[c] = Scale{};
  if (info.is_image() && info.bytes && of_columns.front() == Scale{}) return {{linear_scale(0, 1.0 / 255.0)}};
  return are_plain(of_columns) ? Scaling() : fit_columns(train.features(), of_columns, info.feature_step);
}

Scaling target_scaling(const Survey& train, const ByColumn<Scale>& kinds) {
  const DatasetInfo& info = train.info();
  if (info.task == Task::classification) return {};
  kinds.check(info.output_names, "data.scale_targets", info.source);
  const std::vector<Scale> of_columns = kinds.of(info.output_names, "data.scale_targets", info.source);
  return are_plain(of_columns) ? Scaling() : fit_columns(train.targets(), of_columns, info.target_step);
}

}  // namespace lockstep
