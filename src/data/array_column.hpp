// Arrays that have a value per sample, of any type.
#pragma once

#include <cstdint>
#include <vector>

#include "data/array_file.hpp"
#include "data/dataset.hpp"
#include "data/words.hpp"

namespace lockstep {

/// Bad input where an array is not (samples) or (samples, 1).
void check_column(const Array& array, std::uint64_t samples);

/// An array (samples) or (samples, 1): whole numbers, of booleans and enumerations too, real numbers or texts. Bad
/// input where it has another shape, another type or a text that is not UTF-8.
ColumnValues read_column(Array& array, std::uint64_t samples);

/// Appends the same as numbers of groups, equal where the values are. `names` are the groups so far. Bad input, with
/// the sample, where a value is missing: NaN, or a text that means it.
void append_groups(Array& array, std::uint64_t samples, WordList& names, std::vector<std::uint32_t>& groups);

}  // namespace lockstep
