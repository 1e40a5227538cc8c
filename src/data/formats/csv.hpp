// CSV: a table of texts.
#pragma once

#include <string_view>

#include "base/error.hpp"
#include "data/csv.hpp"
#include "data/data_query.hpp"
#include "data/row_reader.hpp"

namespace lockstep {

struct CsvFormat {
  static constexpr std::string_view kName = "csv";

  /// What is nothing else is text.
  static bool recognises(const std::string& /*path*/) { return true; }
  static std::vector<std::string> arrays(const std::string& /*path*/) { return {}; }
  static Dataset read(const std::vector<DataPart>& parts, const DataQuery& query) {
    return read_csv(paths_of(parts), csv_query(query));
  }
  static PartsRead read_in_parts(const std::vector<DataPart>& parts, const DataQuery& query, std::uint64_t rows,
                                 const UsePart& use) {
    return read_csv_in_parts(paths_of(parts), csv_query(query), rows, use);
  }
  static std::unique_ptr<RowReader> open_rows(const std::vector<DataPart>& parts, const DataQuery& /*query*/) {
    throw bad_input(
        "{}: a CSV table cannot be read in parts, as data.order = \"blocks\" wants it; write it once in the HDF5 "
        "layout, "
        "with lockstep pack, and give that",
        parts.front().path);
  }

 private:
  static std::vector<std::string> paths_of(const std::vector<DataPart>& parts) {
    std::vector<std::string> paths;
    for (const DataPart& part : parts) paths.push_back(part.path);
    return paths;
  }
};

}  // namespace lockstep
