// Arrays as NumPy writes them: .npy files of one array, and .npz archives of several.
#pragma once

#include <memory>
#include <string>

#include "data/array_file.hpp"
#include "data/data_query.hpp"

namespace lockstep {

/// True when the file, decoded where it is compressed, begins as a .npy file does, or is an archive with one in it.
bool is_npy(const std::string& path);

/// The arrays of a part: by name where its file is an archive, else one a role. Bad input where it is none.
std::unique_ptr<ArrayFile> open_npy_arrays(const DataPart& part);

}  // namespace lockstep
