// The arrays of an HDF5 file.
#pragma once

#include <memory>
#include <string>

#include "data/array_file.hpp"

namespace lockstep {

/// True when the file begins with HDF5's signature.
bool is_hdf5(const std::string& path);

/// Bad input where it is missing or no HDF5 file.
std::unique_ptr<ArrayFile> open_hdf5_arrays(const std::string& path);

}  // namespace lockstep
