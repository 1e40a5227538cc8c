// CSV: a table of texts.
#pragma once

#include <string_view>

#include "data/csv.hpp"
#include "data/data_query.hpp"

namespace lockstep {

struct CsvFormat {
  static constexpr std::string_view kName = "csv";

  /// What is nothing else is text.
  static bool recognises(const std::string& /*path*/) { return true; }
  static std::vector<std::string> arrays(const std::string& /*path*/) { return {}; }
  static Dataset read(const std::vector<DataPart>& parts, const DataQuery& query) {
    std::vector<std::string> paths;
    for (const DataPart& part : parts) paths.push_back(part.path);
    return read_csv(paths, csv_query(query));
  }
};

}  // namespace lockstep
