#include "data/array_column.hpp"

#include "base/error.hpp"
#include "data/array_columns.hpp"
#include "data/number.hpp"

namespace lockstep {

void check_column(const Array& array, std::uint64_t samples) {
  const Array::Shape shape = array.shape();
  if (shape != Array::Shape{samples} && shape != Array::Shape{samples, 1})
    throw bad_input("{}: the shape of '{}' is ({}), where one value for each of the {} samples is expected",
                    array.path(), array.name(), fmt::join(shape, ", "), samples);
}

ColumnValues read_column(Array& array, std::uint64_t samples) {
  check_column(array, samples);
  switch (array.kind()) {
    case ArrayKind::text:
      return as_utf8(array, array.texts());
    case ArrayKind::real:
      return array.numbers();
    case ArrayKind::other:
      throw bad_input("{}: '{}' holds neither numbers nor texts", array.path(), array.name());
    default:
      return array.integers();
  }
}

void append_groups(Array& array, std::uint64_t samples, WordList& names, std::vector<std::uint32_t>& groups) {
  const ColumnValues column = read_column(array, samples);
  for (std::size_t i = 0; i < samples; ++i) {
    const std::string text = std::visit([i](const auto& values) { return fmt::format("{}", values[i]); }, column);
    if (is_missing(text))
      throw bad_input("{}: the group of sample {}, in '{}', is missing; fill it in, or leave the sample out",
                      array.path(), i, array.name());
    groups.push_back(static_cast<std::uint32_t>(names.number_of(text)));
  }
}

}  // namespace lockstep
