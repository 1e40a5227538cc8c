// NumPy's files: .npy, an array a file, and .npz, an archive of arrays.
#pragma once

#include <string_view>

#include "data/array_table.hpp"
#include "data/npy_arrays.hpp"

namespace lockstep {

struct NpyFormat {
  static constexpr std::string_view kName = "npy";

  static bool recognises(const std::string& path) { return is_npy(path); }
  static std::vector<std::string> arrays(const std::string& path) { return open_npy_arrays({path, {}, {}})->names(); }
  static Dataset read(const std::vector<DataPart>& parts, const DataQuery& query) {
    return read_array_table(parts, open_npy_arrays, query);
  }
};

}  // namespace lockstep
