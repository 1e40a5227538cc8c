// What the formats that hold arrays have in common.
#pragma once

#include <memory>
#include <vector>

#include "data/array_rows.hpp"

namespace lockstep {

/// Format::open(part) opens the arrays of a part.
template <class Format>
struct ArrayFormat {
  static Dataset read(const std::vector<DataPart>& parts, const DataQuery& query) {
    return read_array_table(parts, Format::open, query);
  }
  static PartsRead read_in_parts(const std::vector<DataPart>& parts, const DataQuery& query, std::uint64_t rows,
                                 const UsePart& use) {
    return read_array_parts(parts, Format::open, query, rows, use);
  }
  static std::unique_ptr<RowReader> open_rows(const std::vector<DataPart>& parts, const DataQuery& query) {
    return open_array_rows(parts, Format::open, query);
  }

 private:
  friend Format;
  ArrayFormat() = default;
};

}  // namespace lockstep
