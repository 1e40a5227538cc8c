// Arrays in HDF5 files that have a value a sample, of any type.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/hdf5.hpp"
#include "data/dataset.hpp"

namespace lockstep {

/// The array `name`, (samples) or (samples, 1): whole numbers, of booleans and enumerations too, real numbers or texts.
/// Bad input where it has another shape, another type or a text that is not UTF-8.
ColumnValues read_column(const Hdf5File& file, const std::string& name, std::uint64_t samples);

/// The same as numbers of groups, equal where the values are. Bad input, with the sample, where a value is missing:
/// NaN, or a text that means it.
std::vector<std::uint32_t> read_groups(const Hdf5File& file, const std::string& name, std::uint64_t samples);

}  // namespace lockstep
