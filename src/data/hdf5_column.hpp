// Arrays in HDF5 files that have a value a sample, of any type.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/hdf5.hpp"

namespace lockstep {

/// The array `name`, (samples) or (samples, 1), as texts: numbers in their shortest spelling, NaN as "", booleans as 0
/// and 1, enumerations by their numbers. Bad input where it has another shape, another type or a text that is not
/// UTF-8.
std::vector<std::string> read_column(const Hdf5File& file, const std::string& name, std::uint64_t samples);

/// The same as numbers of groups. Bad input, with the sample, where one is missing: NaN or a text without a letter.
std::vector<std::uint32_t> read_groups(const Hdf5File& file, const std::string& name, std::uint64_t samples);

}  // namespace lockstep
