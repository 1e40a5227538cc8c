#include "data/array_labels.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "data/array_columns.hpp"
#include "data/checks.hpp"

namespace lockstep {

ArrayLabels::ArrayLabels(KnownClasses known)
    : known_(std::move(known)), named_(!known_.names.empty()), labels_([this](std::uint64_t sample) {
        const auto [path, own] = place_in(files_, sample);
        return fmt::format("{}: the label of sample {}", path, own);
      }) {}

void ArrayLabels::add(const ArrayFile& file, const ArrayNames& names, std::size_t samples) {
  const std::unique_ptr<Array> array = file.open(names.labels);
  const Array::Shape shape = array->shape();
  const bool column = shape == Array::Shape{samples} || shape == Array::Shape{samples, 1};
  const bool one_hot = !column && shape.size() == 2 && shape.front() == samples && shape.back() > 1;
  check_outputs_of(file, *array, samples);
  check_shape(*array, column || one_hot,
              array->path() == file.path()
                  ? "one label for each sample (or a row of one-hot labels)"
                  : "one label for each sample (or a row of one-hot labels; were the files exchanged?)");
  if (file.has(names.class_names)) {
    const std::unique_ptr<Array> texts = file.open(names.class_names);
    Array::Strings classes = as_utf8(*texts, texts->texts());
    if (!known_.names.empty() && classes != known_.names)
      throw bad_input("{}: '{}' are {}, where the classes of {} are {}", texts->path(), names.class_names,
                      list_names(classes), first_ ? "the training data or the configuration" : files_.front().path,
                      list_names(known_.names));
    known_.names = std::move(classes);
    named_ = true;
  }
  if (one_hot && known_.values.empty() && !known_.names.empty() && known_.names.size() != shape.back())
    throw bad_input("{}: '{}' have {} columns, one per class, but there are {} classes: {}", array->path(),
                    names.labels, shape.back(), known_.names.size(), list_names(known_.names));
  if (files_.empty() || files_.back().path != array->path())
    files_.push_back({array->path(), samples_, array->first_row()});
  if (one_hot)
    add_one_hot(*array, shape.back());
  else if (array->kind() == ArrayKind::text)
    for (const std::string& label : as_utf8(*array, array->texts())) labels_.add(label);
  else if (array->kind() == ArrayKind::enumeration)
    add_enumeration(*array);
  else if (array->kind() == ArrayKind::real)
    for (const double label : array->numbers()) labels_.add(label);
  else
    for (const std::int64_t label : array->integers()) labels_.add(label);
  samples_ += samples;
  first_ = false;
}

/// Rows of zeros with a one in the column of the class.
void ArrayLabels::add_one_hot(Array& array, std::size_t classes) {
  const std::vector<double> values = array.numbers();
  for (std::size_t begin = 0; begin < values.size(); begin += classes) {
    const auto row = std::span(values).subspan(begin, classes);
    const auto one = std::find(row.begin(), row.end(), 1.0);
    if (one == row.end() || std::count(row.begin(), row.end(), 0.0) != static_cast<std::ptrdiff_t>(classes) - 1)
      throw bad_input(
          "{}: the labels of sample {} are {}, where one of each sample's {} columns is 1 and the others are 0 "
          "(one-hot labels), or one column with the number or the name of the class",
          array.path(), array.first_row() + begin / classes,
          fmt::join(row.first(std::min<std::size_t>(classes, 10)), ", "), classes);
    labels_.add(std::int64_t{one - row.begin()});
  }
}

/// Where classes have no names yet, those of the enumeration are theirs.
void ArrayLabels::add_enumeration(Array& array) {
  const auto members = array.members();
  Array::Strings names;
  std::vector<double> values;
  for (const auto& [value, name] : members) {
    names.push_back(name);
    values.push_back(static_cast<double>(value));
  }
  names = as_utf8(array, std::move(names));
  if (!named_ && first_) {
    known_.names = names;
    known_.values = values;
  } else if (!named_ && (names != known_.names || values != known_.values)) {
    throw bad_input(
        "{}: the enumeration of '{}' has other names or numbers than that of {}; name the classes in "
        "data.classes",
        array.path(), array.name(), files_.front().path);
  }
  for (const std::int64_t value : array.integers()) {
    const auto member = std::ranges::find(members, value, [](const auto& entry) { return entry.first; });
    if (named_ && member != members.end())
      labels_.add(member->second);
    else
      labels_.add(value);
  }
}

}  // namespace lockstep
