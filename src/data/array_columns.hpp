// The columns of arrays: their names, and which of them are features.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "data/array_file.hpp"
#include "data/data_query.hpp"

namespace lockstep {

/// Bad input that says which shape is `expected`, unless the array's shape is `right`.
void check_shape(const Array& array, bool right, const char* expected);

/// Bad input where labels or targets are in a file of their own that has not one for each sample.
void check_outputs_of(const ArrayFile& file, const Array& outputs, std::size_t samples);

/// Bad input, with the place, where a text is not UTF-8: it could not be written anywhere else.
Array::Strings as_utf8(const Array& array, Array::Strings texts, const std::string& attribute = "");

/// The names of the columns of `array`: the array `list` of texts, or the attribute `role` of the array. Empty where
/// there are none. Bad input unless there is one per column, each another.
Array::Strings column_names(const ArrayFile& file, const Array& array, const std::string& list, const char* role,
                            std::size_t columns);

/// The columns of a file that are features.
struct ArrayColumns {
  Array::Strings names;             // of the features; empty: they have none
  std::vector<std::size_t> places;  // of the features among `width` columns; empty: all, in their order
  std::size_t width = 0;            // of a row in the file

  [[nodiscard]] std::size_t count() const { return places.empty() ? width : places.size(); }
};

/// True where a sample is a row of a table, and not an image.
bool is_table(const Array::Shape& shape);

/// Every column with its name, if it has one.
ArrayColumns all_columns(const ArrayFile& file, const Array& features, const DataQuery& query);

/// Those that `query` knows or chooses. Columns without names are chosen as column_1, column_2 and so on. Bad input for
/// a choice among the pixels of images.
ArrayColumns choose_features(const ArrayFile& file, const Array& features, const DataQuery& query);

/// Those of a further file, which are the `first` file's.
ArrayColumns same_features(const ArrayFile& file, const Array& features, const DataQuery& query,
                           const ArrayColumns& first, const std::string& first_path);

/// The words that numbers of features stand for, where a file lists them as a packed one does: of each feature those of
/// its column; empty: it has numbers. None where there is no list. Bad input where it does not fit the columns.
std::vector<Array::Strings> listed_words(const ArrayFile& file, const ArrayColumns& columns);

/// The arrays of that list: the words of all columns, one after the other, and how many each column has.
inline constexpr const char* kListedWords = "feature_words";
inline constexpr const char* kListedCounts = "feature_word_counts";

/// Appends the columns of `part` to `all`.
template <class T>
void append_columns(std::vector<T>& all, std::vector<T>&& part, const ArrayColumns& columns) {
  if (columns.places.empty()) {
    if (all.empty() && part.size() >= all.capacity())
      all = std::move(part);
    else
      all.insert(all.end(), part.begin(), part.end());
    return;
  }
  for (std::size_t row = 0; row < part.size(); row += columns.width)
    for (const std::size_t place : columns.places) all.push_back(part[row + place]);
}

}  // namespace lockstep
