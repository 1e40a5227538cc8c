// NumPy's files: .npy, an array a file, and .npz, an archive of arrays.
#pragma once

#include <string_view>

#include "data/array_rows.hpp"
#include "data/npy_arrays.hpp"

namespace lockstep {

struct NpyFormat {
  static constexpr std::string_view kName = "npy";

  static bool recognises(const std::string& path) { return is_npy(path); }
  static std::vector<std::string> arrays(const std::string& path) { return open_npy_arrays({path, {}, {}})->names(); }
  static std::unique_ptr<ArrayFile> open(const DataPart& part) { return open_npy_arrays(part); }
  static Dataset read(const std::vector<DataPart>& parts, const DataQuery& query) {
    return read_array_table(parts, open, query);
  }
  static PartsRead read_in_parts(const std::vector<DataPart>& parts, const DataQuery& query, std::uint64_t /*rows*/,
                                 const UsePart& use) {
    return read_as_one_part(read(parts, query), use);
  }
  static std::unique_ptr<RowReader> open_rows(const std::vector<DataPart>& parts, const DataQuery& query) {
    return open_array_rows(parts, open, query);
  }
};

}  // namespace lockstep
