// The scale on which a network sees its inputs and a regression its targets.
#pragma once

#include <vector>

#include "data/by_column.hpp"
#include "data/scales/list.hpp"
#include "data/survey.hpp"

namespace lockstep {

/// The scales of columns: of all alike, or one per column.
struct Scaling {
  std::vector<ColumnScale> columns = std::vector<ColumnScale>(1);

  [[nodiscard]] const ColumnScale& of(std::size_t column) const {
    return columns.size() == 1 ? columns.front() : columns[column];
  }
  [[nodiscard]] double scaled(double raw, std::size_t column) const {
    const ColumnScale& scale = of(column);
    return (Scales::visit(scale.kind, [&](auto kind) { return decltype(kind)::type::curve(raw, scale); }) -
            scale.shift) *
           scale.scale;
  }
  /// The way back. Of a constant column it is the constant.
  [[nodiscard]] double raw(double scaled, std::size_t column) const {
    const ColumnScale& scale = of(column);
    const double curved = scale.scale == 0 ? scale.shift : scaled / scale.scale + scale.shift;
    return Scales::visit(scale.kind, [&](auto kind) { return decltype(kind)::type::raw(curved, scale); });
  }
  /// True where each column is shifted and scaled and no more.
  [[nodiscard]] bool is_linear() const;

  bool operator==(const Scaling&) const = default;

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& columns;
  }
};

/// Of features, each column of a table by itself, the pixels of images all together. Without a kind, bytes of images
/// are brought to [0, 1]. A constant column becomes 0 by any kind; constant is also what differs by no more than a few
/// steps of the file's type. Bad input where `kinds` names a column that there is not.
Scaling feature_scaling(const Survey& train, const ByColumn<Scale>& kinds);

/// Of targets, each by itself; of classes there is none.
Scaling target_scaling(const Survey& train, const ByColumn<Scale>& kinds);

}  // namespace lockstep
