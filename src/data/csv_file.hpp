// A CSV file with the columns that are asked for.
#pragma once

#include <string>
#include <vector>

#include "data/csv.hpp"
#include "data/csv_columns.hpp"
#include "data/csv_records.hpp"

namespace lockstep {

/// Where `query`'s columns stand in a file.
struct CsvFile {
  /// Bad input where a column is not there, and where nothing is to learn from.
  CsvFile(const std::string& path, const CsvQuery& query);

  /// The names of the columns in these places.
  [[nodiscard]] std::vector<std::string> names_at(const std::vector<std::size_t>& places) const;

  CsvRecords records;
  CsvColumns columns;
  bool by_position;  // the file or the training data have no names: known features are taken in their order
  std::vector<std::size_t> features;
  std::vector<std::size_t> targets;
  std::vector<std::size_t> weights;  // one, or none
  std::vector<std::size_t> group;    // likewise
  std::vector<std::size_t> kept;
};

}  // namespace lockstep
