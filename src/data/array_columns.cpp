#include "data/array_columns.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "data/checks.hpp"
#include "data/column_choice.hpp"
#include "data/match.hpp"
#include "data/utf8.hpp"

namespace lockstep {

namespace {

using Strings = Array::Strings;

Strings picked(const Strings& names, const std::vector<std::size_t>& places) {
  Strings result;
  for (const std::size_t place : places) result.push_back(names[place]);
  return result;
}

/// The columns that are no features: targets, weights and groups.
std::vector<std::size_t> other_columns(const Strings& names, const DataQuery& query) {
  Strings others = query.options.target;
  others.insert(others.end(), {query.options.weights, query.options.group});
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < names.size(); ++i)
    if (std::ranges::find(others, names[i]) != others.end()) places.push_back(i);
  return places;
}

bool has_all(const Strings& there, const Strings& names) {
  return std::ranges::all_of(names,
                             [&](const std::string& name) { return std::ranges::find(there, name) != there.end(); });
}

}  // namespace

void check_shape(const Array& array, bool right, const char* expected) {
  if (right) return;
  throw bad_input("{}: the shape of '{}' is ({}), where {} is expected", array.path(), array.name(),
                  fmt::join(array.shape(), ", "), expected);
}

void check_outputs_of(const ArrayFile& file, const Array& outputs, std::size_t samples) {
  const Array::Shape shape = outputs.shape();
  if (outputs.path() == file.path() || shape.empty() || shape.front() == samples) return;
  throw bad_input("{} holds {} samples, but {} holds {} {}; use two files that belong together", file.path(), samples,
                  outputs.path(), shape.front(), outputs.name());
}

Strings as_utf8(const Array& array, Strings texts, const std::string& attribute) {
  for (std::size_t i = 0; i < texts.size(); ++i)
    if (!is_utf8(texts[i]))
      throw bad_input("{}: text {} of '{}' is not UTF-8; write it as UTF-8 (h5py: dtype=h5py.string_dtype())",
                      array.path(), i, attribute.empty() ? array.name() : attribute);
  return texts;
}

Strings column_names(const ArrayFile& file, const Array& array, const std::string& list, const char* role,
                     std::size_t columns) {
  Strings names;
  if (file.has(list)) {
    const std::unique_ptr<Array> texts = file.open(list);
    names = as_utf8(*texts, texts->texts());
  } else if (const auto attribute = array.attribute(role)) {
    names = as_utf8(array, *attribute, role);
  } else {
    return names;
  }
  if (names.size() != columns)
    throw bad_input("{}: '{}' has {} names, but '{}' has {} columns; give each column its name", array.path(), list,
                    names.size(), array.name(), columns);
  Strings sorted = names;
  std::ranges::sort(sorted);
  const auto twice = std::ranges::adjacent_find(sorted);
  if (twice != sorted.end())
    throw bad_input("{}: '{}' has the name '{}' twice; give each column its own name", array.path(), list, *twice);
  if (sorted.front().empty())
    throw bad_input("{}: '{}' has a name without a letter; give each column a name", array.path(), list);
  return names;
}

bool is_table(const Array::Shape& shape) {
  return std::ranges::count_if(shape.begin() + 1, shape.end(), [](std::size_t n) { return n > 1; }) <= 1;
}

ArrayColumns all_columns(const ArrayFile& file, const Array& features, const DataQuery& query) {
  const Array::Shape shape = features.shape();
  ArrayColumns columns;
  if (features.kind() == ArrayKind::record) {
    columns.names = as_utf8(features, features.fields());
    columns.width = columns.names.size();
    return columns;
  }
  columns.width = 1;
  for (std::size_t d = 1; d < shape.size(); ++d) columns.width *= shape[d];
  columns.names = column_names(file, features, query.names.feature_names, "feature_names", columns.width);
  return columns;
}

ArrayColumns choose_features(const ArrayFile& file, const Array& features, const DataQuery& query) {
  ArrayColumns columns = all_columns(file, features, query);
  const ColumnChoice choice{query.options.features, query.options.ignore};
  const Array::Shape shape = features.shape();
  const bool table = is_table(shape);
  if (!table && !choice.empty())
    throw bad_input("{}: data.features and data.ignore choose columns of tables, and a sample is {}; leave them out",
                    features.path(), fmt::join(shape.begin() + 1, shape.end(), " x "));
  if (!table) return columns;
  const Strings names = columns.names.empty() && !choice.empty() ? made_up_names(columns.width) : columns.names;
  if (query.known == nullptr) {
    const std::vector<std::size_t> others =
        features.kind() == ArrayKind::record ? other_columns(names, query) : std::vector<std::size_t>();
    if (choice.empty() && others.empty()) return columns;
    columns.places = choose_columns(names, choice, others, features.path());
  } else {
    const Strings& known = query.known->feature_names;
    if (known.empty() || names.empty() || names == known || (columns.names.empty() && !has_all(names, known)))
      return columns;
    columns.places = places_of(known, names, features.path(), query.known->source);
  }
  columns.names = picked(names, columns.places);
  return columns;
}

ArrayColumns same_features(const ArrayFile& file, const Array& features, const DataQuery& query,
                           const ArrayColumns& first, const std::string& first_path) {
  ArrayColumns columns = all_columns(file, features, query);
  if (columns.names.empty() ? columns.width == first.width : columns.names == first.names) {
    columns.places = columns.names.empty() ? first.places : std::vector<std::size_t>();
  } else if (!columns.names.empty() && !first.names.empty()) {
    columns.places = places_of(first.names, columns.names, features.path(), first_path);
  } else {
    throw bad_input(
        "{}: '{}' has {} columns{}, which cannot be told to be those of {}; give all files the same columns",
        features.path(), features.name(), columns.width, columns.names.empty() ? " without names" : "", first_path);
  }
  columns.names = first.names;
  return columns;
}

std::vector<Strings> listed_words(const ArrayFile& file, const ArrayColumns& columns) {
  if (!file.has(kListedWords) || !file.has(kListedCounts)) return {};
  const std::unique_ptr<Array> texts = file.open(kListedWords);
  const Strings all = as_utf8(*texts, texts->texts());
  std::vector<Strings> of_columns;
  std::size_t used = 0;
  for (const std::int64_t count : file.open(kListedCounts)->integers()) {
    if (count < 0 || static_cast<std::uint64_t>(count) > all.size() - used) break;
    const auto from = all.begin() + static_cast<std::ptrdiff_t>(used);
    of_columns.emplace_back(from, from + count);
    used += static_cast<std::size_t>(count);
  }
  if (of_columns.size() != columns.width || used != all.size())
    throw bad_input("{}: '{}' and '{}' do not fit the {} columns of its features; give each column its number of words",
                    texts->path(), kListedWords, kListedCounts, columns.width);
  if (columns.places.empty()) return of_columns;
  std::vector<Strings> chosen;
  for (const std::size_t place : columns.places) chosen.push_back(of_columns[place]);
  return chosen;
}

}  // namespace lockstep
