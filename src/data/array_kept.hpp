// Columns of arrays that are carried along beside the predictions.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "data/array_columns.hpp"
#include "data/dataset.hpp"

namespace lockstep {

/// The names of what `query.keep` fits: arrays by name, and as data.features has it columns of the features, those
/// without names as column_1, column_2 and so on, and by pattern also arrays with a value per sample. Bad input for
/// what fits none.
Array::Strings names_to_keep(const ArrayFile& file, const Array& features, const DataQuery& query);

/// Where a column is that is carried along.
struct KeptPlace {
  std::optional<std::size_t> column;  // of a row of the features; nothing: a field of records, or an array
  Array::Strings words;               // that its numbers stand for; empty: it has numbers, or texts
};

/// Of each of these names.
std::vector<KeptPlace> places_to_keep(const ArrayFile& file, const Array& features, const DataQuery& query);

/// A column of the features, of the type of its values and without any.
KeptColumn make_kept(const std::string& name, const KeptPlace& place, const Array& features);

/// Appends the values that stand in rows of `width`.
template <class T>
void keep_columns(const std::vector<KeptPlace>& places, const std::vector<T>& rows, std::size_t width,
                  std::vector<KeptColumn>& kept);

}  // namespace lockstep
