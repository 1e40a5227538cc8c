// IDX, of MNIST and Fashion-MNIST: an array a file.
#pragma once

#include <string_view>

#include "data/array_rows.hpp"
#include "data/idx_arrays.hpp"
#include "data/raw_files.hpp"

namespace lockstep {

struct IdxFormat {
  static constexpr std::string_view kName = "idx";

  static bool recognises(const std::string& path) { return is_idx(path); }
  static std::vector<std::string> arrays(const std::string& /*path*/) { return {}; }
  static std::unique_ptr<ArrayFile> open(const DataPart& part) { return make_array_files(part, open_idx_array); }
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
