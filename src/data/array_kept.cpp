#include "data/array_kept.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <span>
#include <type_traits>

#include "data/by_column.hpp"
#include "data/column_choice.hpp"

namespace lockstep {

namespace {

using Strings = Array::Strings;

/// The columns of a table by their names, or by those that they are given; none of images.
Strings columns_of(const ArrayFile& file, const Array& features, const DataQuery& query) {
  if (!is_table(features.shape())) return {};
  const ArrayColumns all = all_columns(file, features, query);
  return all.names.empty() ? made_up_names(all.width) : all.names;
}

/// The other arrays with a value per sample that a pattern fits.
Strings arrays_like(const std::string& pattern, const ArrayFile& file, std::size_t samples, const DataQuery& query) {
  const ArrayNames& roles = query.names;
  Strings fitting;
  for (const std::string& name : file.names()) {
    if (!matches_column(pattern, name)) continue;
    const std::vector<std::string> lists = {roles.features,     roles.feature_names, roles.class_names,
                                            roles.target_names, kListedWords,        kListedCounts};
    if (std::ranges::find(lists, name) != lists.end()) continue;
    const Array::Shape shape = file.open(name)->shape();
    if (shape == Array::Shape{samples} || shape == Array::Shape{samples, 1}) fitting.push_back(name);
  }
  return fitting;
}

template <class T>
struct Appended {
  const T& value;
  const Strings& words;

  void operator()(Strings& all) const {
    if constexpr (std::is_same_v<T, std::string>)
      all.push_back(value);
    else if (const auto number = static_cast<double>(value); std::isnan(number))
      all.emplace_back();
    else
      all.push_back(number >= 0 && number < static_cast<double>(words.size()) ? words[static_cast<std::size_t>(number)]
                                                                              : fmt::format("{}", number));
  }
  template <class Number>
  void operator()(std::vector<Number>& all) const {
    if constexpr (!std::is_same_v<T, std::string>) all.push_back(static_cast<Number>(value));
  }
};

}  // namespace

Strings names_to_keep(const ArrayFile& file, const Array& features, const DataQuery& query) {
  if (query.keep.empty()) return {};
  const Strings columns = columns_of(file, features, query);
  Strings kept;
  const auto keep = [&](const std::string& name) {
    if (std::ranges::find(kept, name) == kept.end()) kept.push_back(name);
  };
  for (const std::string& entry : query.keep) {
    if (std::ranges::find(columns, entry) != columns.end() || file.has(entry)) {
      keep(entry);
      continue;
    }
    Strings names = columns;
    if (column_number(entry) == 0) {
      Strings arrays = arrays_like(entry, file, features.shape().front(), query);
      const bool fits_column =
          std::ranges::any_of(columns, [&](const std::string& name) { return matches_column(entry, name); });
      if (arrays.empty() && !fits_column) arrays = file.names();  // for the message
      std::ranges::copy_if(arrays, std::back_inserter(names),
                           [&](const std::string& name) { return std::ranges::find(columns, name) == columns.end(); });
    }
    for (const std::size_t place : fitting_columns(std::span(&entry, 1), names, "--keep", features.path()))
      keep(names[place]);
  }
  return kept;
}

std::vector<KeptPlace> places_to_keep(const ArrayFile& file, const Array& features, const DataQuery& query) {
  std::vector<KeptPlace> places(query.keep.size());
  if (places.empty() || features.kind() == ArrayKind::record) return places;
  const Strings columns = columns_of(file, features, query);
  const std::vector<Strings> words = listed_words(file, all_columns(file, features, query));
  for (std::size_t i = 0; i < places.size(); ++i) {
    const auto found = std::ranges::find(columns, query.keep[i]);
    if (found == columns.end()) continue;
    const auto column = static_cast<std::size_t>(found - columns.begin());
    places[i].column = column;
    if (!words.empty()) places[i].words = words[column];
  }
  return places;
}

KeptColumn make_kept(const std::string& name, const KeptPlace& place, const Array& features) {
  if (features.kind() == ArrayKind::text || !place.words.empty()) return {name, Strings()};
  if (features.kind() == ArrayKind::real) return {name, std::vector<double>()};
  return {name, std::vector<std::int64_t>()};
}

template <class T>
void keep_columns(const std::vector<KeptPlace>& places, const std::vector<T>& rows, std::size_t width,
                  std::vector<KeptColumn>& kept) {
  for (std::size_t i = 0; i < places.size(); ++i) {
    const KeptPlace& place = places[i];
    if (!place.column) continue;
    for (std::size_t at = *place.column; at < rows.size(); at += width)
      std::visit(Appended<T>{rows[at], place.words}, kept[i].values);
  }
}
template void keep_columns(const std::vector<KeptPlace>&, const std::vector<std::uint8_t>&, std::size_t,
                           std::vector<KeptColumn>&);
template void keep_columns(const std::vector<KeptPlace>&, const std::vector<float>&, std::size_t,
                           std::vector<KeptColumn>&);
template void keep_columns(const std::vector<KeptPlace>&, const std::vector<double>&, std::size_t,
                           std::vector<KeptColumn>&);
template void keep_columns(const std::vector<KeptPlace>&, const Strings&, std::size_t, std::vector<KeptColumn>&);

}  // namespace lockstep
