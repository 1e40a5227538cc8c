// NumPy's files: .npy, an array a file, and .npz, an archive of arrays.
#pragma once

#include <string_view>

#include "data/formats/array_format.hpp"
#include "data/npy_arrays.hpp"

namespace lockstep {

struct NpyFormat : ArrayFormat<NpyFormat> {
  static constexpr std::string_view kName = "npy";

  static bool recognises(const std::string& path) { return is_npy(path); }
  static std::vector<std::string> arrays(const std::string& path) { return open_npy_arrays({path, {}, {}})->names(); }
  static std::unique_ptr<ArrayFile> open(const DataPart& part) { return open_npy_arrays(part); }
};

}  // namespace lockstep
